"""Whatever the line and the server do: nothing lost, nothing doubled, nothing left without an answer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from actions import cards
from tests.web.chat import Chat, new_profile, new_tab
from tests.web.samples import message, samples
from tests.web.stub_bot import StubBot

STATUS = "[role=status]"
BLOCKED = """for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });"""


def answers(chat: Chat, count: int) -> None:
    """Wait for so many answers in the list."""
    expect(chat.log.locator("li.bot")).to_have_count(count)


def test_nothing_is_sent_before_the_chat_is_opened(chat: Chat) -> None:
    chat.launcher.wait_for()
    chat.until(lambda: "/web/settings" in chat.bot.asked)
    assert chat.bot.sessions == {}
    chat.open()
    assert len(chat.bot.sessions) == 1


def test_a_reload_brings_the_same_talk_back_in_silence(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    chat.page.add_init_script("""new MutationObserver(() => {
        const list = document.querySelector('knee-chat')?.shadowRoot?.querySelector('.list');
        if (list?.childElementCount && window.liveAtHistory === undefined) window.liveAtHistory = list.parentNode.ariaLive;
    }).observe(document, { childList: true, subtree: true });
    const look = () => { const list = document.querySelector('knee-chat')?.shadowRoot?.querySelector('.list');
        if (list?.childElementCount) window.liveAtHistory ??= list.parentNode.ariaLive; else requestAnimationFrame(look); }; look();""")
    chat.page.reload()
    chat.open()
    answers(chat, 1)
    assert chat.bubbles() == ["One"]
    assert chat.bubbles("bot") == ["You said One"]
    assert chat.page.evaluate("window.liveAtHistory") == "off"
    assert len(chat.bot.sessions) == 1


def test_a_question_still_waits_after_a_reload(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    chat.page.reload()
    chat.open()
    chat.button("No").click()
    assert chat.sent() == {"question": "giving_way", "value": "no"}


def test_offline_words_are_kept_and_sent_later(chat: Chat) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.panel.get_by_text("You are offline")).to_be_visible()
    chat.say("One")
    chat.say("Two")
    expect(chat.panel.get_by_text("Waiting to be sent")).to_have_count(2)
    assert chat.bot.said == []
    chat.page.context.set_offline(False)
    answers(chat, 2)
    expect(chat.panel.get_by_text("Connected again")).to_be_attached()
    assert chat.bot.said == ["One", "Two"]
    assert chat.bubbles() == ["One", "Two"]


def test_what_waits_survives_a_reload(chat: Chat) -> None:
    chat.open()
    chat.page.evaluate("() => dispatchEvent(new Event('offline'))")
    chat.bot.stop()
    chat.say("One")
    expect(chat.panel.get_by_text("Waiting to be sent")).to_be_visible()
    chat.bot.start()
    chat.page.reload()
    chat.open()
    answers(chat, 1)
    assert chat.bot.said == ["One"]
    assert chat.bubbles() == ["One"]


def test_a_restarted_server_goes_on_with_the_talk(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    chat.bot.stop()
    chat.say("Two")
    expect(chat.panel.get_by_text("cannot be reached")).to_be_visible()
    chat.bot.start()
    answers(chat, 2)
    assert chat.bot.said == ["One", "Two"]
    assert chat.bubbles() == ["One", "Two"]
    assert chat.bubbles("bot") == ["You said One", "You said Two"]


def test_a_lost_ack_doubles_nothing(chat: Chat) -> None:
    chat.open()
    chat.bot.lose_acks = 2
    chat.say("One")
    chat.until(lambda: chat.bot.lose_acks == 0)
    chat.say("Two")
    answers(chat, 2)
    assert chat.bot.said == ["One", "Two"]
    assert chat.bubbles() == ["One", "Two"]


def test_an_answer_that_came_while_away_is_there_on_return(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    chat.bot.stop()
    chat.bot.tell({"text": "While you were away"})
    chat.bot.start()
    answers(chat, 2)
    assert chat.bubbles("bot")[-1] == "While you were away"


def test_two_tabs_show_the_same_talk(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    other = new_tab(chat.page.context, chat.bot).open()
    answers(other, 1)
    other.say("Two")
    answers(chat, 2)
    answers(other, 2)
    assert chat.bubbles() == other.bubbles() == ["One", "Two"]
    assert len(chat.bot.sessions) == 1


def test_a_question_answered_in_one_tab_is_answered_in_the_other(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    other = new_tab(chat.page.context, chat.bot).open()
    other.button("Yes").click()
    expect(chat.button("Yes")).to_be_hidden()
    answers(chat, 2)
    assert len(chat.bot.said) == 2


def test_a_slow_bot_is_announced(chat: Chat) -> None:
    chat.page.clock.install()
    chat.open()
    chat.bot.hold.clear()
    chat.say("One")
    chat.until(lambda: bool(chat.bot.said))
    typing = chat.page.locator(".typing")
    expect(typing.locator(".dots")).to_be_visible()
    chat.page.clock.run_for(1500)
    expect(typing.locator(STATUS)).to_have_text("Assistant is writing")
    chat.page.clock.run_for(6000)
    expect(typing.locator(STATUS)).to_contain_text("Still working")
    chat.page.clock.run_for(10_000)
    expect(typing.locator(STATUS)).to_contain_text("longer than usual")
    chat.bot.hold.set()
    answers(chat, 1)
    chat.page.clock.run_for(100)
    expect(typing.locator(STATUS)).to_have_text("")
    expect(typing.locator(".dots")).to_be_hidden()


def test_an_empty_answer_is_not_silence(chat: Chat) -> None:
    chat.open()
    chat.bot.answer = lambda _: []
    chat.say("One")
    retry = chat.button("Try again")
    retry.wait_for()
    expect(chat.panel.get_by_text("No answer came")).to_be_visible()
    chat.bot.answer = lambda text: [{"text": f"Now {text}"}]
    retry.click()
    answers(chat, 1)
    assert chat.bubbles() == ["One"]
    expect(chat.panel.get_by_text("No answer came")).to_have_count(0)


def test_too_fast_is_sent_again_by_itself(chat: Chat) -> None:
    chat.open()
    chat.bot.refuse = [{"code": "too_fast", "text": "Slowly."}]
    chat.say("One")
    answers(chat, 1)
    assert chat.bot.said == ["One"]


@pytest.mark.parametrize(
    "error", [{"code": "bad", "text": "I cannot read that."}, {"code": "failed", "text": "It broke."}]
)
def test_a_refusal_is_told(chat: Chat, error: dict[str, Any]) -> None:
    chat.open()
    chat.bot.refuse = [error]
    chat.say("One")
    expect(chat.panel.get_by_text(error["text"])).to_be_visible()
    expect(chat.panel.get_by_text("Not sent.")).to_be_visible()
    chat.button("Try again").click()
    answers(chat, 1)
    assert chat.bubbles() == ["One"]


def test_a_session_that_is_gone_starts_anew_and_loses_no_word(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    chat.bot.sessions.clear()
    chat.say("Two")
    expect(chat.panel.get_by_text("This is a new one")).to_be_visible()
    answers(chat, 1)
    assert chat.bubbles() == ["Two"]


def test_too_many_characters_are_told_before_they_are_sent(chat: Chat) -> None:
    chat.open().say("x" * 1001)
    expect(chat.panel.get_by_text("1 characters too long")).to_be_visible()
    assert chat.bot.said == []
    chat.say("x" * 1000)
    answers(chat, 1)


def test_without_sockets_it_talks_by_plain_http(chat: Chat) -> None:
    chat.bot.sockets = False
    chat.open().say("One")
    answers(chat, 1)
    chat.say("Two")
    answers(chat, 2)
    chat.bot.tell({"text": "By the way"})
    answers(chat, 3)
    assert chat.bot.said == ["One", "Two"]
    assert chat.bubbles() == ["One", "Two"]
    assert "/web/wait" in chat.bot.asked


def test_plain_http_survives_a_restart(chat: Chat) -> None:
    chat.bot.sockets = False
    chat.open().say("One")
    answers(chat, 1)
    chat.bot.stop()
    chat.say("Two")
    chat.bot.start()
    answers(chat, 2)
    assert chat.bot.said == ["One", "Two"]


def test_blocked_storage_takes_nothing_but_the_memory(browser: Browser, bot: StubBot) -> None:
    profile = new_profile(browser)
    profile.add_init_script(BLOCKED)
    chat = new_tab(profile, bot).open()
    chat.say("One")
    answers(chat, 1)
    bot.cut()
    chat.say("Two")
    answers(chat, 2)
    assert len(bot.sessions) == 1
    assert chat.errors == []
    profile.close()


@pytest.mark.parametrize("remember", ["none", "tab"])
def test_the_page_says_where_the_key_is_kept(chat: Chat, remember: str) -> None:
    chat.page.close()
    here = new_tab(chat.page.context, chat.bot, f"remember={remember}").open()
    here.say("One")
    answers(here, 1)
    there = new_tab(chat.page.context, chat.bot, f"remember={remember}").open()
    assert len(chat.bot.sessions) == 2
    assert there.bubbles() == []
    chat.page = here.page


def test_delete_asks_first_then_leaves_nothing(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    chat.button("Menu").click()
    chat.button("Delete my data").click()
    assert chat.focused() == "No, go back"
    chat.page.keyboard.press("Enter")
    assert chat.focused() == "Menu"
    assert len(chat.bot.sessions) == 1
    chat.button("Menu").click()
    chat.button("Delete my data").click()
    token = next(iter(chat.bot.sessions))
    chat.button("Yes, delete it all").click()
    expect(chat.panel.get_by_text("Receipt: R-1234")).to_be_visible()
    assert chat.bubbles() == []
    assert token not in chat.bot.sessions
    assert token not in chat.page.evaluate("JSON.stringify(localStorage)")


def test_delete_in_the_talk_clears_the_window_too(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    chat.asks(message(cards.delete_question()))
    chat.bot.answer = lambda _: [{"text": "Done."}]
    chat.button("Yes").click()
    expect(chat.log.get_by_role("listitem")).to_have_count(2)
    assert chat.bubbles() == ["Yes"]
    assert chat.bubbles("bot") == ["Done."]


def test_delete_says_when_it_cannot(chat: Chat) -> None:
    chat.open()
    chat.bot.stop()
    expect(chat.panel.get_by_text("cannot be reached")).to_be_visible()
    chat.button("Menu").click()
    chat.button("Delete my data").click()
    chat.button("Yes, delete it all").click()
    expect(chat.panel.get_by_text("could not be deleted")).to_be_visible()
    chat.bot.start()


def test_start_over_asks_first(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    chat.button("Menu").click()
    chat.button("Start over").click()
    assert len(chat.bot.said) == 1
    chat.button("Yes, start over").click()
    assert chat.sent() == "/restart"
    assert chat.bubbles()[-1] == "Start over"


def test_a_clinician_is_named_and_counted_while_closed(chat: Chat) -> None:
    chat.open().say("One")
    answers(chat, 1)
    chat.button("Close the chat").click()
    chat.bot.tell({"text": "I have read it"}, "clinician")
    expect(chat.launcher).to_contain_text("1 new")
    chat.open()
    expect(chat.log.locator("li.clinician")).to_contain_text("Clinician")
    chat.button("Close the chat").click()
    expect(chat.launcher).not_to_contain_text("new")
