"""What the words around a number tell: of an injury, of pain, of care, of sport, of something else. Data only.

Phrases are regular expressions, parted by white space; `_` stands for the space inside a phrase.
"""

from __future__ import annotations

SPORT = r"(?:run|runn|jogg|train|play|cycl|lift|squatt|danc|exercis|hik|gym|sport|football|tennis|ski|jump|netball|rugby|basketball|hockey|badminton|squash|soccer|climb|row|rid|swimm|skipp|spinn|yoga|pilates|crossfit|lung)(?:ing|ning|ed)?"
"""What `<sport>` stands for in the lists below."""
TREATMENT = r"(?:physio\w*|rehab|stretch\w*|exercises|icing|resting|therapy|pt)"
"""What `<treatment>` stands for."""
BEGAN = r"""
    \w+ing in on at about around round roughly approx\w* when after to as with out off from up last this yesterday
    today an? the some just over nearly almost all again suddenly gradually really and but for it since maybe
    probably before during only my early mid late back overnight slowly like one two three four five six seven eight
    nine ten eleven twelve several few couple half by straight immediately \w+day mon tues? wed thu\w* fri sat sun
    jan\w* feb\w* mar\w* apr\w* may june? july? aug\w* sep\w* oct\w* nov\w* dec\w* here getting so or not pain hurt
    quite very because cos while whilst months? weeks? years? ages physio christmas xmas easter
"""
"""What stands after "started" (`<began>`) when it is the pain that started; another word is what was started."""

MARKS = {
    "nothing": r"""
        at_rest the_rest to_rest rest_of to_work from_work after_work before_work to_school where_to_start falling_apart start_of beginning_of wear_and_tear work_out
        works_out fell_asleep fell_ill slipped_back split_(?:squat|second)s? hit_the_gym kicked_off(?!_(?:on|last|about|yesterday|this|in|around|\d)\b) went_over_to
        pain_hit bumped_up knocked_back cast_came_off plaster_came_off
        my_(?:physio\w*|gp|doctor|therapist)_(?:gave|showed|set|taught)(?:_me)?
        the_(?:physio\w*|gp|doctor|therapist)_(?:gave|showed|set|taught)(?:_me)?
        came_off_(?:blood|the_pill|my_meds|steroids|meds|medication|antibiotics|the_tablets)
        went_out_(?:for|to|on|with|run|walk) went_down_(?:the|to|a|from|with|after|by|again) woke_me sat_night
        range_reduced on_the_scale on_(?:the_)?ice black_ice ice_(?:rink|skat\w*|hockey|cream)""",
    "advice": r"""
        told advised recommended suggested should need_to needs_to must have_to has_to going_to(?!_(?:physio|the|pt|rehab|a|my)) gonna
        plan(?:ning)?_to will prescribed? can_i could_i do_i is_it_ok if_i""",
    "care": r"""
        start(?:ed|ing)?_(?:\w+_)?<treatment> beg[au]n_(?:\w+_)?<treatment> stopped_(?:all_|my_|any_|the_|going_to_(?:the_)?)?<sport>
        stop_<sport> quit_<sport> gave_up_<sport> given_up_<sport> paused_(?:my_)?<sport> no_<sport> not_(?:been_)?(?:to_)?(?:the_|my_)?<sport>
        without_<sport> have?n'?t_(?:been_)?(?:to_)?(?:the_|my_)?<sport> havn'?t_(?:been_)?<sport>
        off_(?:from_)?(?:my_|the_|all_)?(?:running|runs|training|sports?|football|bike|feet|foot|legs|gym|exercise|squats|it)
        laid_off lay_off eas(?:ed|ing)_(?:off|up|back) back(?:ed|ing)_off kept_off keep(?:ing)?_off
        stay(?:ed|ing)?_off cut(?:ting)?_(?:right_|way_|really_)?(?:back|down|out) cut(?:ting)?_my_(?:runs|running|miles|mileage|training)
        deload\w* lower(?:ed|ing)_(?:my|the)_(?:mileage|volume|weights?|load) dropp(?:ed|ing)_(?:my|the)_(?:mileage|volume|weights?) cut_volume cut_mileage reduc(?:ed|ing) halved swapped switch(?:ed|ing) avoid(?:ed|ing) rest(?:ed|ing)? iced icing ice elevat(?:ed|ing|ion)
        foam_roll\w* stretch(?:ed|es|ing) strengthening strength_work physio\w* physical_therapy pt rehab\w*
        exercises leg_raises heel_raises calf_raises quad_work hip_work glute_work band_work rice clamshells
        wall_sits bridges doing_(?:the|my|some)_squats instead_of_<sport> careful be(?:en|ing)_careful
        haven'?t_been_to_(?:the_)?gym took_it_steady tak(?:e|en|ing)_it_(?:very_|really_)?(?:easy|slow\w*|gentl\w*)
        took_it_(?:very_|really_)?(?:easy|slow\w*|gentl\w*) tap(?:ed|ing) strapp(?:ed|ing) bandag\w* brace compression knee_(?:support|sleeve|strap|brace) sleeve kinesio\w* kt_tape feet_up leg_up swimming_instead cycling_instead walking_instead rowing_instead
        support_bandage wear(?:ing|s)?_(?:a|the|my)_(?:\w+_)?(?:support|strap|bandage) doing_nothing a_miss walking_less running_less training_less cycling_less
        have?n'?t_done_(?:any_|my_|much_)<sport> not_done_(?:any_|my_|much_)<sport> take_things_easy taking_things_easy taken_things_easy took_things_easy break_from break_off time_off lay-?off massag\w* self-?_?care look(?:ed|ing)_after_it
        on_the_sofa treat(?:ed|ing)_it babying_it hydrotherapy low_impact""",
    "event": r"""
        surger(?:y|ies) operat(?:ion|ions|ed) op surgeon keyhole arthroscop\w* replac\w* reconstruct\w* meniscectomy
        jabs? injections? injected cortisone birth born baby pregnan\w* flights? flew got_back came_back come_back
        been_back back_from covid virus flu infection tonsillitis chemo\w* cancer tumou?r melanoma leuka?emia
        lymphoma diabet\w* asthma\w* epilep\w* copd hypertension thyroid psoriasis crohn'?s coeliac migraines? depress\w* stroke clot dvt radiotherapy transplant diagnos\w* gps? doc doctors? hospital a&e mri x-?\s?ray\w*
        scan\w* ultrasound appointment appt i_s[ae]w he_s[ae]w she_s[ae]w we_s[ae]w saw_(?:a|the|my|by)
        seen_(?:a|the|my|by) see_(?:a|the|my) said says moved_(?:house|home|in|to) married divorced retired bought
        period total_knee tkr joined signed_up in_bed in_hospital in_an?_(?:cast|splint) in_plaster on_crutches pins
        screws metalwork bite bitten tick had_my_(?:kids|son|daughter|first|second|baby|twins) fixed
        went_under_the_knife repair osteotomy fitted a_shot cortisone_shot gave_me tattoo vaccin\w*
        start(?:ed|ing)?_(?:to_)?(?:run|runn|jogg|cycl|walk|play|swimm|lift|train|work|teach)(?:ing)?
        start(?:ed|ing)?_(?:on_|a_|the_|my_|new_|back_|taking_|at_|doing_){1,3}(?:couch|gym|job|tablets|course|program\w*|school|college|uni|<sport>)
        start(?:ed|ing)?_doing(?!_(?:it|this)\b) start(?:ed|ing)?_(?!<began>)[a-z]+""",
    "injury": r"""
        knee_?(?:cap_)?(?:just_|then_)?(?:came|went|comes|goes)_out patella_(?:just_|then_)?(?:came|went)_out squashed crunched
        wrote_(?:the|my|his|her)_car_off and_hurt_(?:my|his|her|it) i_hurt_(?:my|it) twist(?:ed|ing)? fel
        fell(?:_off)? fall(?:en)?(?:_off)? falling(?:_off)?(?!_asleep) tripped slipped(?:_off)? slip tackl\w* clipped
        crash\w* collision collid\w* accident kicked(?!_off) a_kick smash\w* split hit bang(?:ed)? bash(?:ed)? bumped
        knock(?:ed)?(?:_off)? whack(?:ed)?
        land(?:ed|ing)_(?:on|funny|awkward\w*|bad\w*|wrong|heav\w*|hard|from|straight|with|in|off|knee|it|sideways)
        landed c[ao]me_off came_down_(?:on|wrong|badly|awkwardly|funny) did_(?:my|his|her)_(?:\w+_)?in
        did_(?:my|his|her|the)_(?:\w+_)?(?:knee|acl|mcl|pcl|cartilage|ligaments?|meniscus) i_did_(?:it|this)
        he_did_(?:it|this) she_did_(?:it|this)
        did_(?:it|this)(?=_(?:on|in|at|last|yesterday|this|\w+ing|about|a|two|three|\d)) done_it(?=_(?:\w+ing?|in|on|at)\b) blew_out(?!_of) blew_my blown_(?:out|my) did_me_\w+
        done_my_\w+_in went_(?:over|down|flying|under|out) pop(?:ped)? snap(?:ped)? ping(?:ed)? crack(?:ed)?
        gave_(?:at|out|way|in) buckled rolled(?:_off)? knee_(?:just_|suddenly_|then_)?(?:sort_of_|kind_of_|kinda_)?went
        went_(?:twang|pop|crack|snap|bang|click) ripped tweaked strained pulled felt_(?:it|something)_\w+
        did_(?:something|summat|sumthing|smth) ruptur\w* rta mva mvc got_hurt was_hurt been_hurt dead_leg splat rammed clunked yanked shut_on moved_out out_of_(?:place|joint) slipped_out popped_out wedged jammed jerked crumpled went_(?:sideways|backwards) shifted_out mugged attacked assaulted bad_landing awkward_landing heavy_landing sprain(?:ed)? wrench(?:ed)?
        jarred torn_(?:my|his|her) tore dislocat(?:ed|ion) hyperextend\w* wiped_out injur\w*
        hurt_(?:it|my|his|her|the|myself|himself|herself)(?=_(?:\w+_){0,2}(?:playing|skiing|falling|at|in|on|when|doing|running|jumping|lifting|yesterday|last|this|today|tonight|\d|a|two|three))
        thrown_(?:off|from) run_over stepped_(?:in|on|off|wrong|awkward\w*|badly) mis-?_?stepped
        missed_(?:a|the|my)_(?:\w+_)?(?:step|footing|kerb|curb|stair|rung|edge) happened(?!_to_(?:my|his|her|a)_(?!(?:\w+_)?(?:knee|leg|kneecap))) wrenching spraining banging hitting
        knocking tripping dislocating tearing jarring bashing whacking tweaking stumbling spill clash(?:ed)? slammed
        dropped_(?:a|an|the|my|his|something|it)_\w+_(?:\w+_)?on pinned ran_(?:over|into) walked_into ploughed_into
        bumped_into heard_an?_(?:\w+_)?(?:pop|crack|snap|rip|tear|twang|crunch|ping|click|clunk) rear-?_?ended clobbered clouted walloped smacked thumped stamped_on stomped speared skidded
        flipped flung bucked_off caught_(?:my|his|her)_(?:leg|foot|knee|studs?|ski|toe) stuck_in pivot(?:ed|ing)
        turned_(?:awkwardly|sharply|suddenly|quickly|on_it|my_knee) overextended over_extended hyper_extended
        over_?stretched felt_an?_(?:\w+_)?(?:pop|crack|snap|rip|tear|twang|crunch|ping|click|clunk)
        something_(?:went|gave|popped|snapped) lost_(?:my|his|her)_(?:footing|balance) nasty_off big_off
        had_an?_(?:big_|bad_)?off came_a_cropper face-?_?plant(?:ed)? wipe_?out decked kneed impact wreck(?:ed)?
        sideswiped jumped_down folded twang pushed_over caught_in caught_an_edge got_taken_out was_taken_out
        took_an?_\w+_(?:\w+_)?to_the_(?:knee|leg) cropper knelt_on buggered sublux(?:ed)? busted mashed mangled
        arse_over bad_step wrong_step awkward_step trauma shunt pile-?_?up fender_bender body_?check(?:ed)?
        bent_(?:back|side|in|the_wrong|it)\w* slid(?:_off)? stacked_it jumped_(?:off|on) stood_on
        sat_on_(?:my|it|his|her) gash(?:ed)? jolted clatter\w* trampled fracture[ds]? broken? struck scaffold\w*
        handlebars cut_(?:my|his|her|the)_knee trod trodden stumbled tumbled?(?:_off)? got_caught a_blow blow_to
        toppled(?:_off)? trapped crushed mishap""",
    "onset": r"""
        restarted start(?:s|ed|ing)? beg[au]n came_on come_on coming_on came_out notic(?:ed|ing)
        first_(?:pain|symptoms?|twinge|felt|came|got|had|hurt|showed) woken? flared(?:_up)? appeared set_in crept
        kicked_off kicked_in(?=_(?:a|about|on|yesterday|last|this|\d|around)\b) develop(?:ed|ing) set_off swelled ballooned
        blew_up locked seized out_of_(?:nowhere|the_blue) came_from out_the_blue onset came_up turned_up popped_up""",
    "symptom": r"""
        hurt(?:s|in|ing|in')? pain(?:s|ful)? ach(?:e|es|ed|ing|y) sore(?:ness)? stiff(?:ness)? swell(?:s|ing)?
        swollen puffy throb\w* niggl\w* click\w* grind\w* crunch\w* creak\w* limp(?:s|ing|ed)? tender(?:ness)?
        giv(?:es|ing)_way lock(?:s|ing) dodgy bad burn(?:s|ing) twing\w* bother\w* killing symptoms? agony
        discomfort numb\w* buckl(?:es|ing) bugg(?:ing|in) play(?:ing|s)_up trouble problems? issues? pop(?:s|ping)
        wak(?:es|ing|en) keeps? had_(?:it|this|that|them) got_(?:it|this) have_(?:it|this|that|them)
        having_(?:it|this) like_(?:this|that) going_on(?!_(?:for_)?(?:\d|an?_|one|two|three|four|five|six|seven|eight|nine|ten|half)) ongoing hot red warm fever\w* shiver\w* lump tingl\w*
        cramp\w* sting\w* stabbing ooz\w* infected hirpl\w* hobbl\w* comes_and_goes on_and_off off_and_on it'?s_been
        it_has_been that'?s_been knee_has_been this_has_been has_been there_for bruis\w* catch(?:es|ing) unstable
        instability flares? flare-?\s?ups? jumper'?s_knee runner'?s_knee lasted wobbly worse worsening better
        duration""",
    "med": r"""
        ibuprofen paracetamol tylenol advil aleve naproxen co-?codamol codeine tablets? pills? mg doses?
        antibiotics? aspirin medication meds gel steroids? prednis\w* warfarin apixaban methotrexate nsaids?
        voltarol diclofenac takes? taking painkillers? cream patch\w* insulin""",
    "work": r"""
        work(?:s|ed|ing)?(?:_there)? shifts? job nurs\w* desk office driv(?:e|es|ing) drove school teach\w* builder
        smok(?:e|ed|es|ing) drink\w* sits? sat sleep\w* slept wait\w* travel\w* standing stand kneeling warehouse
        visit\w* steps cigarettes known holiday vacation""",
    "activity": r"""
        runs? runners? running runnin ran jog\w* walk\w* hik\w* cycl\w* bik\w* rides? riding rode swim\w* swam gym
        train(?:s|ed|ing)? football(?:ers?)? footy soccer rugby tennis badminton squash netball hockey basketball
        volleyball cricket golf\w* danc\w* ballet yoga pilates spin(?:ning)? crossfit weights lift\w* climb\w*
        ski\w* snowboard\w* row(?:s|ing|ed)? judo karate boxing parkruns? treadmill elliptical class(?:es)?
        sessions? workouts? exercis(?:e|ed) sports? play(?:s|ed|ing)? games? match(?:es)? gymnast\w* athletics zumba
        aerobics hiit peloton marathon martial_arts skat\w* surf\w* lacrosse baseball softball padel racquetball
        orienteering triathlon long_run park_run practice sprint\w* squats intervals lunges deadlifts plyo\w*
        leg_day lessons? laps boot_?camp circuits body_?pump aqua\w* kickbox\w* taekwondo bjj jiu_?jitsu mma wrestl\w*
        handball tai_chi barre cheer\w* trampolin\w* frisbee bowls rucking rounders turbo(?:_trainer)? rambl\w* zwift\w* cross[\s-]?trainer stepper stairmaster rower boulder\w* polo fencing salsa ceilidh trek\w* canoe\w* kayak\w* dressage hurling gaelic camogie shinty archery duathlon ironman line_dancing""",
}
"""What a stretch of text is about. Each phrase begins with a letter; of two that begin at one place the earlier kind
wins, and `nothing` takes words away from the kinds after it ("at rest" is no rest)."""
