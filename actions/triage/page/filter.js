// "What does a hot knee do?": choose a finding, and only what uses it stays on the page.
(() => {
  const box = document.getElementById("filter");
  const search = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  const all = box.querySelector("[data-all]");
  const choices = [...box.querySelectorAll("[data-finding]")];
  const entries = [...document.querySelectorAll("[data-uses]")];
  const groups = [...document.querySelectorAll(".group")];
  const small = new Set("a an the is it of or in my do does what when which how if with and to has have i".split(" "));
  const words = (text) => text.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word && !small.has(word));

  function narrow() {
    const wanted = words(search.value);
    const fits = (choice) => wanted.every((word) => choice.dataset.words.includes(word));
    for (const choice of choices) choice.parentElement.hidden = !fits(choice);
    const left = choices.filter(fits).length;
    status.textContent = left === 1 ? "1 finding fits." : `${left} findings fit.`;
  }

  function count(kind, shown) {
    const number = shown.filter((entry) => entry.dataset.kind === kind).length;
    return `${number} ${kind}${number === 1 ? "" : "s"}`;
  }

  function show(id) {
    const uses = (entry) => !id || entry.dataset.uses.split(" ").includes(id);
    for (const entry of entries) entry.hidden = !uses(entry);
    for (const group of groups) group.hidden = !group.querySelector("[data-uses]:not([hidden])");
    for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset.finding === id));
    document.body.classList.toggle("filtered", Boolean(id));
    all.hidden = !id;
    const shown = entries.filter(uses);
    const kinds = ["rule", "question", "presentation"].map((kind) => count(kind, shown));
    const name = id && choices.find((choice) => choice.dataset.finding === id).textContent;
    status.textContent = id ? `${name}: ${kinds.join(", ")} shown.` : "Everything is shown.";
  }

  function reset() {
    search.value = "";
    narrow();
    show("");
    history.replaceState(null, "", location.pathname + location.search);
  }

  function choose(id) {
    show(id);
    if (matchMedia("(min-width: 64rem)").matches) document.getElementById("main").scrollIntoView();
    history.replaceState(null, "", `#finding=${id}`);
  }

  function follow() {
    const [, id] = location.hash.match(/^#finding=(\w+)$/) || [];
    if (choices.some((choice) => choice.dataset.finding === id)) return show(id);
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.offsetParent === null) {
      show("");
      target.scrollIntoView();
    }
  }

  search.addEventListener("input", narrow);
  all.addEventListener("click", () => { reset(); search.focus(); });
  box.addEventListener("click", (event) => {
    const id = event.target.dataset.finding;
    if (id) event.target.getAttribute("aria-pressed") === "true" ? reset() : choose(id);
  });
  box.addEventListener("keydown", (event) => {
    const open = choices.filter((choice) => !choice.parentElement.hidden);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") return reset();
    if (event.key === "Enter" && event.target === search && open.length) return choose(open[0].dataset.finding);
    if (!step) return undefined;
    const next = open.indexOf(document.activeElement) + step;
    event.preventDefault();
    return (next < 0 ? search : open[Math.min(next, open.length - 1)]).focus();
  });
  addEventListener("hashchange", follow);
  box.hidden = false;
  status.textContent = "Everything is shown.";
  follow();
})();
