"""Who writes to the clinic, and what stands around the matter itself, whatever the matter is.

In the notation of `triage_situations.txt`, with <first> and <surname> besides.
"""

import re

# group -> (how named first, subject, object, possessive); the first entry of adults is "I".
_HE, _SHE = ("he", "him", "his"), ("she", "her", "her")
PEOPLE: dict[str, tuple[tuple[str, tuple[str, str, str]], ...]] = {
    "adult": (
        ("my {husband|brother|flatmate Tom|colleague Jan}", _HE),
        ("my {wife|sister|friend Ines|cousin Lea}", _SHE),
        ("{my {mum|mother}|our cleaner|my {older |}sister}", _SHE),
        ("{my {dad|father|stepfather}|the man next door}", _HE),
    ),
    "elder": (
        ("{my {dad|father|grandad|uncle}|my {old |}neighbour Mr <surname>}", _HE),
        ("{my {mum|mother|gran|aunt}|our neighbour Mrs <surname>}", _SHE),
        ("{the old lady on the ground floor|my client Mrs <surname>}", _SHE),
        ("{my client Mr <surname>|my father-in-law|the old man upstairs}", _HE),
        ("{my mother-in-law|your patient Mrs <surname>}", _SHE),
    ),
    "woman": (("my {wife|sister|partner Nora}", _SHE), ("our daughter, <24-36>,", _SHE)),
    "pregnant": (("my {wife|sister|partner Ella}", _SHE), ("our daughter, <24-36>,", _SHE)),
    "man": (("my {husband|brother}", _HE),),
    "child": (
        ("{my|our} {little |}{son|boy}", _HE),
        ("{my|our} {little |}{daughter|girl}", _SHE),
        ("{my|our} <3-5> year old {son|boy}", _HE),
        ("{my|our} <3-5> year old {daughter|girl}", _SHE),
        ("{my|our} {grandson|foster son}", _HE),
        ("{my|our} {granddaughter|youngest girl}", _SHE),
    ),
    "baby": (
        ("{my|our} <4-9> week old {boy|son}", _HE),
        ("{my|our} <4-9> week old {girl|daughter}", _SHE),
        ("{our baby boy|the little one}", _HE),
        ("{our baby girl|our newborn daughter}", _SHE),
    ),
    "teenboy": (("{my|our} {son|boy}, <13-16>,", _HE), ("my <13-16> year old {son|grandson}", _HE)),
    "resident": (
        ("Mr <surname> in room <2-38>", _HE),
        ("Mrs <surname> in room <2-38>", _SHE),
        ("{resident|our resident} Mr <surname>", _HE),
        ("{resident|our resident} Mrs <surname>", _SHE),
    ),
}
WRITES_SELF = {"adult": 0.6, "woman": 0.7, "pregnant": 0.7, "man": 0.75}

WOMEN = tuple(
    "Ruth Anna Nadia Clara Mei Helen Sofia Irene Amira Elsa Rosa Dina Greta Edith Lucy".split()
)
MEN = tuple(
    "Paul Erik Omar Jonas Tariq Luca Ben Karl Peter Viktor Hugo Frank Leon Yusuf Simon Noah".split()
)
SURNAMES = tuple(
    "Ellery Tilney Amador Bauer Castle Dunmore Eriksen Farrow Gallo Haddad Ibsen Jarvis Keller "
    "Lomax Marlow Novak Osborne Penrose Rahman Sadler Thorne Ueda Vance Whitlow Yates Zeller "
    "Ashdown Birch Corrigan Dreyer Fenwick Greco Holm Ivanov Kowal Larkin".split()
)

NAMES = frozenset(
    {*WOMEN, *MEN, *SURNAMES}
    | {
        name
        for people in PEOPLE.values()
        for first, _ in people
        for name in re.findall("[A-Z][a-z]+", first)
    }
)
"""All that people are called in these messages, "Mr" and "Mrs" included."""

OPENINGS = (
    "{Hello|Hi|Hi there|Good morning|Good afternoon|Good evening|Morning|Hallo}{,|.|!}",
    "{Dear|Hello} {doctor|team|all|practice team|Dr <surname>|Sister <surname>},",
    "{It's|This is} {<me> <family>|<me>}{ here|}.",
    "{Message|A note|Question} for {Dr <surname>|the nurse|the doctor}:",
    "{Me again|<me> again|Writing again}, {after last week's call|you know me}.",
)
CLOSINGS = (
    "{Thanks|Thank you|Many thanks|Thx}{| in advance}, {<me>|<me> <family>|<family>}",
    "{Regards|Best wishes|Kind regards|Yours|Greetings}, {<me>|<me> <family>}",
    "<me> <family>, {born|date of birth} <1-28>/<1-12>",
    "{<me>|<family>|<me> <family>}",
    "{Please|Could you} {let me know|write back|answer here}.",
)
ANXIOUS = (
    "{I am|I'm|We are} {really|so|very|quite} {worried|scared|frightened|upset}.",
    "{Please|Please please|PLEASE} {ring|call|answer} {as soon as you can|quickly|straight away}.",
    "{I keep|We keep} {thinking the worst|reading awful things online|going round in circles}.",
    "{My aunt|A friend|Our neighbour} {died of|was in hospital with} something {like it|similar}.",
    "{I do not know|No idea} {what to do|whom else to ask|who else to write to}!",
    "{Should I|Do I need to} {panic|come right now|be afraid}?",
)
CALM = (
    "{Sorry|Apologies|Forgive me} for {bothering|troubling} you{| with this| over this| again}.",
    "{No hurry|No rush|It can wait|Not urgent I think}{| from my side|, whenever it suits}.",
    "{I know|I can imagine} you {are busy|have a full house|have sicker people}.",
    "{I would not write|We would not ask}, but {my sister|the neighbour|my friend} {insists|nags}.",
    "{Probably|Surely} {nothing|a small thing|I am fussing}.",
    "{Could look in|I could come} {on <day>|next week|when you have a slot}.",
)
PRACTICAL = (
    "{I can be reached|I am at home|You get me} {until|after|from} <clock>.",
    "{I work|My shift is} {nights|early|till <clock>}, {please leave a message|text is best}.",
    "{We live|It is} {ten|twenty|forty} minutes {away|by car|from you}.",
    "{I have no car|The car is gone till <clock>|I do not drive}{, the bus takes an hour|}.",
    "{My son|A neighbour|My daughter} can {drive|bring us|fetch things} {on <day>|after <clock>}.",
    "{The line was busy|Nobody picked up} {at <clock>|twice}, {so I write|hence this note}.",
    "{Number|Phone} {is |}the same {as always|as before}{, best on the mobile|}.",
)
BACKGROUND = {
    "adult": (
        "$s {$is on|take~s} {ramipril|a statin|thyroxine|a water tablet|aspirin} "
        "{and|with} {vitamin D|omeprazole|iron|metformin}.",
        "{Otherwise|Apart from that} {quite healthy|only high blood pressure|asthma as a child}.",
        "$s had {the appendix|a knee|the gall bladder|the tonsils} {done|operated} in <year>.",
        "{Allergic to|Cannot take} {penicillin|codeine|sulfa|latex}{| since childhood}.",
        "{smoker|never smoked|gave up smoking in <year>}.",
    ),
    "child": (
        "{All|Most} {jabs|vaccinations} done{| so far}, {otherwise healthy|never in hospital}.",
        "$p {big brother|cousin|twin} {had something in <month>|is well}.",
        "Weight {about |}<14-20> kilos.",
        "{We are|I am} new {here|in town}, {the file is with Dr <surname>|old doctor in <place>}.",
    ),
    "teen": (
        "{Never|Not once} in hospital so far{|, plays {football|handball}}.",
        "{No allergies known|Only hay fever|Takes no drugs}, as far as {I know|we know}.",
    ),
    "mother": (
        "{Midwife|My midwife|The midwife} is {<first>|Mrs <surname>|away till <day>}.",
        "{Blood group|Group} is {A|B|O|AB} {negative|positive}.",
        "{Thyroid tablets|Iron tablets|Just vitamins}, {nothing else|no other drugs}.",
    ),
    "baby": (
        "{Born|Came} {on time|two weeks early|at 39 weeks|by caesarean|at home}, <2.8-4.0> kilos.",
        "{Breast|Bottle|Breast and bottle} {fed|milk}, {our first|our second|our third} child.",
        "{Midwife|My midwife|The midwife} {is <first>|comes on <day>|away till <day>}.",
    ),
    "resident": (
        "{Doctor's round|Visit} is {on <day>|planned for <day>}.",
        "{Nurse|Carer} <first> <surname>, {ward <1-3>|second floor|night shift|day shift}.",
        "{Chart|File} {is up to date|can be faxed}.",
        "{Diabetic|Known heart failure|Known dementia}, {on <6-11> drugs|allergies none}.",
    ),
}
BACKGROUND_OF = {
    "adult": "adult", "man": "adult", "elder": "adult", "child": "child", "teenboy": "teen",
    "baby": "baby", "woman": "mother", "pregnant": "mother", "resident": "resident",
}  # fmt: skip

# Old troubles: words that would be alarming if they were news.
HISTORY = {
    "adult": (
        "{In <year>|Years ago} $s {was rushed in with|was in hospital for|had} "
        "{crushing chest pain|a clot in the calf|black stools from an ulcer|"
        "shaking chills and sepsis|a burst appendix}"
        ", {all over now|that healed|never again since}.",
        "{Not like|Nothing like|Not at all like} {last year|<year>|in <month>}, when $p "
        "{lips swelled after prawns|mouth drooped on one side|"
        "sugar was <1.9-2.6> and $s talked nonsense|oxygen was <82-88>|pulse was <148-176>}.",
        "{My father|My mother|An uncle} had {a stroke with slurred speech|blood clots|"
        "a heart attack, cold sweat and all|vomiting of blood|confusion and fits} "
        "{at <44-79>|in <year>}.",
        "The {hospital|discharge|ward} letter of <year> ({chest tightness|fever and a stiff neck|"
        "a fainting spell|sudden breathlessness|a racing pulse, near fainting}) "
        "is {on file|with you}.",
    ),
    "child": (
        "{In <month>|Last year} $s {was in hospital for|had} {croup with blue lips|a fever fit|"
        "hives and wheeze after nuts|a bang on the head, vomiting and drowsy}, "
        "{all over|that passed|never again}.",
        "{Not like|Nothing like} {last winter|in <month>}, when $s {was floppy and hard to wake|"
        "had purple spots|breathed fast and grunted|kept nothing down, eyes sunken}.",
        "{A boy|A girl} {next door|in the group} {swallowed tablets|was scalded|"
        "had meningitis, stiff neck and all}{, so we are jumpy|, we keep thinking of it|}.",
    ),
}
# What is asked on every telephone: alarming words, said not to be so; with the beginnings of words
# after which nobody would say that.
DENIALS: dict[str, dict[str, str]] = {
    "adult": {
        "fever": "fever temp hot heat shiver shak chill 38 39 infect sweat",
        "shivering": "shiver shak chill fever temp 38 39 fit",
        "chest pain": "chest heart breastbone rib side spray arm squeez pressure",
        "trouble breathing": "breath air wheez inhaler chest cough oxygen puff finger cpap spray",
        "numb spots": "numb feel feet foot toe tingl pins needles arm leg hand face cotton",
        "weakness": "weak limp drop clumsy dead leg legs stroke arm tired give drag drowsy",
        "vomiting": "vomit sick throw keep brought bring stomach belly food retch drink water",
        "fainting": "faint black pass out collaps dizzy stand fell fit lights",
        "blurred vision": "blur eye vision see sight glass read double curtain",
        "bleeding": "bleed blood bled red black stool period nose towel pad soak thinner wound cut",
        "dizzy spells": "dizzy stand faint spin balance fell unstead pressure",
        "racing heart": "heart pulse rac beat flutter palpit pacemaker chest",
    },
    "child": {
        "fast breathing": "breath air wheez inhaler chest cough bark grunt oxygen crow",
        "vomiting": "vomit sick throw keep brought bring stomach tummy food retch drink milk",
        "stiff neck": "neck stiff head fever light chin",
        "purple spots": "spot rash purple skin hive bruise dot welt",
        "drowsiness": "drows sleep wake tired floppy limp muddled stare",
        "swollen lips": "lip swell swoll hive allerg tongue nut sting",
        "blue lips": "lip blue breath cough bark wheez air grunt",
        "tummy pain": "tummy belly pain stomach navel cramp hop constip",
        "shivering": "shiver shak chill fever temp 38 39 fit jerk",
    },
}
DENY = (
    "{No|Without any} {A}, no {B}{, no {C}|}.",
    "{Neither|I looked: neither} {A} nor {B}{, nor {C}|}.",
    "{A}, {B}: {none of it|nothing like that|no and no}{, and no {C}|}.",
    "{The leaflet|The nurse on the phone} asks about {A}, {B} {or|and} {C}: {no|all no}.",
)
# How a second matter comes in: often the one that counts comes last.
SECOND = (
    "{By the way|Also|Besides|Oh and}, ",
    "{One more thing|The other thing|A second thing|P.S.}: ",
    "{While I am writing|As I am writing anyway}: ",
    "{Then|And} there is this: ",
)
