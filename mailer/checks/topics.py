"""Hold the patterns of the rules that look for a topic: files, things of value, requests, pay, private life, days.

Data only, English only, as `mailer.checks.lint`.
"""

# ruff: noqa: E501  # a pattern is read whole

from __future__ import annotations

from typing import Final

from mailer.checks.phrases import Phrase

__all__ = ["ATTACHING", "DAY_WORDS", "PAY", "REQUESTS", "SENSITIVE", "TANGIBLE"]

_THING = (
    r"(?:files?|pdf|chart|sheet|document|table|article|list|copy|copies|report|image|photo|picture|pages?|one-page|note"
    r"|paper|slides?|deck|spreadsheet|contact|letter|template|plan|summary|cv|resume|résumé|certificates?)\b"
)

#: Claims that this mail carries a file. `attached to the team` and `attach great weight to` are none.
ATTACHING: Final[tuple[Phrase, ...]] = (
    Phrase(
        id="i-attach",
        label="I have attached",
        regex=r"\b(?:i|we)(?:'ve|\s+have|'m|\s+am)?(?:\s+(?:also|just|now|gladly))?\s+(?:attach(?:ed|ing)?|enclos(?:ed?|ing))"
        r"\b(?!\s+(?:to|great|much|little|more|less|any|no|such|so|real|particular|some|considerable|equal|high|weight"
        r"|importance|value|meaning|significance)\b)",
        why="",
        better="",
        sample="I have attached the chart.",
        clean="I attach great weight to your words.",
        needs=("attach", "enclos"),
        flags="i",
    ),
    Phrase(
        id="find-attached",
        label="please find attached",
        regex=r"\b(?:find|see)\s+(?:the\s+)?(?:attached|enclosed)\b"
        r"|\b(?:attached|enclosed)\s+(?:please\s+find|you(?:'ll|\s+will)\s+find|here\b|below\b|herewith)",
        why="",
        better="",
        sample="Please find attached the chart.",
        clean="I see the attachment style as a theory.",
        needs=("attach", "enclos"),
        flags="i",
    ),
    Phrase(
        id="attached-is",
        label="Attached is",
        regex=r"(?m)(?:^|[.!?;:,]\s+)(?:attached|enclosed)\s+(?:is|are)\b",
        why="",
        better="",
        sample="Attached is the chart.",
        clean="The ward attached is small.",
        needs=("attach", "enclos"),
        flags="i",
    ),
    Phrase(
        id="is-attached",
        label="is attached",
        regex=r"(?<!strings\s)(?<!conditions\s)\b(?:is|are)\s+(?:attached|enclosed)\b(?!\s+(?:to|by|with|at|on|from|in)\b)"
        r"|\b(?:attached|enclosed)\s+to\s+this\s+(?:e-?mail|mail|message|note|letter)\b",
        why="",
        better="",
        sample="The chart is attached.",
        clean="The lab is attached to the team. No strings are attached.",
        needs=("attach", "enclos"),
        flags="i",
    ),
    Phrase(
        id="attached-thing",
        label="the attached file",
        regex=r"\b(?:the|my|an?|this)\s+(?:attached|enclosed)\s+(?:\w+\s+)?" + _THING,
        why="",
        better="",
        sample="The attached PDF has one page.",
        clean="The attached nursery is small.",
        needs=("attach", "enclos"),
        flags="i",
    ),
    Phrase(
        id="the-attachment",
        label="in the attachment",
        regex=r"\b(?:in|as|see|open)\s+(?:the|an|my)\s+(?:attachment|enclosure)\b(?!\s+(?:style|theory|point|to)\b)",
        why="",
        better="",
        sample="See the attachment.",
        clean="He wrote on the attachment theory.",
        needs=("attach", "enclos"),
        flags="i",
    ),
    Phrase(
        id="and-attached",
        label="and attached it",
        regex=r"\bi(?:'ve)?\b[^.!?]*\band\s+(?:have\s+)?(?:attached|enclosed)\s+(?:it|them|the|an?|my|this|both|two|three)\b",
        why="",
        better="",
        sample="I have redrawn the chart and attached it.",
        clean="She redrew the chart and attached it to the wall.",
        needs=("attach", "enclos"),
        flags="i",
    ),
)

_OWNER = r"(?:an?|two|three|four|some|this|these|free|my|our|spare|enclosed|small|little)"
_MEAL = r"(?:coffee|tea|lunch|dinner|breakfast|brunch|drinks?|beer|meal|wine)"

#: What has money value, as a thing that is given: `the voucher desk` and `ticket queue` are none.
TANGIBLE: Final[tuple[Phrase, ...]] = (
    Phrase(
        id="voucher",
        label="a voucher for you",
        regex=rf"(?:^|\b{_OWNER}\s+|[£$€]\s?\d+\s+)(?:[\w£$€]+[- ]){{0,2}}(?:vouchers?|gift\s?cards?|coupons?|gift\s+certificates?)\b"
        r"(?=\s*(?:$|[,.;:(\n]|for\b|worth\b|of\s+[£$€\d]|from\b|inside\b|as\s+a\b))",
        why="",
        better="",
        sample="a coffee voucher for the team",
        clean="the voucher desk you run",
        needs=("voucher", "gift card", "giftcard", "coupon", "gift certificate"),
        flags="i",
    ),
    Phrase(
        id="ticket",
        label="two tickets to the match",
        regex=rf"\b(?:{_OWNER}|pair\s+of)\s+(?:\w+\s+)?tickets?\s+(?:to|for)\s+(?:the|an?|you|your|tonight|saturday|sunday|friday)\b"
        r"|\b(?:pair\s+of|free|spare)\s+tickets\b|(?:^|\n)tickets?\s+(?:to|for)\s+(?:the|an?|you)\b",
        why="",
        better="",
        sample="two tickets to the match",
        clean="The ticket queue for the service desk is long.",
        needs=("ticket",),
        flags="i",
    ),
    Phrase(
        id="meal",
        label="lunch is on me",
        regex=rf"\b{_MEAL}\s+(?:is|are|will\s+be|would\s+be)\s+on\s+me\b|\b(?:my|our)\s+treat\b"
        r"|\b(?:treat|invite)\s+(?:you|the\s+team|your\s+team|everyone)\s+(?:both\s+|all\s+)?to\b"
        rf"|\bbuy\s+(?:you|the\s+team|your\s+team|everyone)\s+(?:both\s+|all\s+)?(?:an?\s+)?(?:\w+\s+)?{_MEAL}\b"
        rf"|\btake\s+(?:you|the\s+team|your\s+team)\s+(?:both\s+|all\s+)?(?:out\s+)?(?:for|to)\s+(?:an?\s+)?{_MEAL}\b"
        r"|\b(?:i'll|i\s+will|i'd)\s+(?:gladly\s+)?(?:pay|pick\s+up\s+the\s+(?:bill|tab|check))\b",
        why="",
        better="",
        sample="Lunch is on me.",
        clean="Five quiet restaurants for a working lunch; the tab opens on the left.",
        needs=(
            "is on me",
            "are on me",
            "be on me",
            "my treat",
            "our treat",
            "treat you",
            "treat the",
            "treat every",
            "invite you",
            "invite the team",
            "invite your",
            "invite every",
            "buy you",
            "buy the",
            "buy every",
            "take you",
            "take the team",
            "i'll pay",
            "i will pay",
            "i'd pay",
            "gladly pay",
            "pick up the",
        ),
        flags="i",
    ),
    Phrase(
        id="present",
        label="a box of chocolates",
        regex=r"\b(?:box|tin|bag)\s+of\s+(?:chocolates?|biscuits|cookies|sweets|coffee|tea|pralines)\b|\bbottles?\s+of\s+\w+"
        r"|\b(?:bouquet|bunch)\s+of\s+(?:flowers|roses|tulips)\b|\b(?:gift|food|fruit)\s+(?:basket|hamper)\b"
        rf"|\b{_OWNER}\s+hamper\b|\bpromo(?:tional)?\s+code\b|\b(?:paid|free)\s+(?:subscription|membership)\s+for\s+you\b",
        why="",
        better="",
        sample="a box of chocolates for the ward",
        clean="a box of old gauges, and a bag of words",
        needs=(
            "box of",
            "tin of",
            "bag of",
            "bottle of",
            "bottles of",
            "bouquet of",
            "bunch of",
            "basket",
            "hamper",
            "promo",
            "subscription for you",
            "membership for you",
        ),
        flags="i",
    ),
)

#: Requests inside the gift paragraph.
REQUESTS: Final[tuple[Phrase, ...]] = (
    Phrase(
        id="request",
        label="tell me by Friday",
        regex=r"\b(?:let|tell)\s+me\s+(?:know|what|when|whether|if|by|how)\b|\b(?:could|would|can|will)\s+you\s+(?:please|let|tell|send|reply|call|confirm|meet|look)\b"
        r"|\bplease\s+(?:reply|respond|confirm|call|answer|send|review|get\s+back)\b|\bby\s+(?:(?:next\s+)?(?:monday|tuesday|wednesday|thursday|friday)|tomorrow|tonight|the\s+end\s+of)\b"
        r"|\bwhat\s+do\s+you\s+think\b|\bhear\s+(?:your\s+thoughts|what\s+you\s+think)\b|\b(?:we|i)\s+could\s+meet\b",
        why="",
        better="",
        sample="Tell me by Friday what you think of it.",
        clean="You told me that the letter would come by post.",
        needs=(
            "let me",
            "tell me",
            "could you",
            "would you",
            "can you",
            "will you",
            "what do you",
            "hear your",
            "hear what",
            "could meet",
            "please reply",
            "please respond",
            "please confirm",
            "please call",
            "please answer",
            "please send",
            "please review",
            "please get",
            "by next",
            "by monday",
            "by tuesday",
            "by wednesday",
            "by thursday",
            "by friday",
            "by tomorrow",
            "by tonight",
            "by the",
        ),
        flags="i",
    ),
)

#: The sender's own terms. A price in a story, and pay as a topic of theirs, are none.
PAY: Final[tuple[Phrase, ...]] = (
    Phrase(
        id="my-pay",
        label="my salary",
        regex=r"\bmy\s+(?:\w+\s+)?(?:salary|pay|wages?|compensation|remuneration|pension|bonus|benefits|notice\s+period|start(?:ing)?\s+date)\b",
        why="pay is for another talk",
        better="leave it out until they raise it",
        sample="My salary expectation is on the form.",
        clean="The article shows what the training paid back, and your team pays attention. It cost 40 euros in pay.",
        needs=(
            "salary",
            " pay",
            "wage",
            "compensation",
            "remuneration",
            "pension",
            "bonus",
            "benefits",
            "notice period",
            "start date",
            "starting date",
        ),
        flags="i",
        also=("my ",),
    ),
    Phrase(
        id="pay-terms",
        label="the salary you mentioned",
        regex=r"\b(?:the|your|a)\s+(?:\w+\s+){0,2}?(?:salary|compensation|remuneration)\s+(?:expectations?|requirements?|range|package|offer|you\b)"
        r"|\bstarting\s+salary\b|\b(?:benefits|relocation)\s+package\b|\bsign(?:ing|-on)\s+bonus\b|\bstock\s+options\b",
        why="pay is for another talk",
        better="leave it out until they raise it",
        sample="The salary range you named suits me.",
        clean="A salary survey of the trade found it.",
        needs=("salary", "compensation", "remuneration", "package", "bonus", "stock options"),
        flags="i",
    ),
    Phrase(
        id="my-leave",
        label="my holiday in August",
        regex=r"\bmy\s+(?:(?:\w+\s+)?(?:holidays?|vacation|annual\s+leave|parental\s+leave)|leave)\b|\b(?:paid\s+time\s+off|annual\s+leave|vacation\s+days|holiday\s+(?:allowance|entitlement))\b",
        why="leave is for another talk",
        better="leave it out until they raise it",
        sample="My holiday in August is booked.",
        clean="Before the holiday season the shop doubles its staff.",
        needs=("holiday", "vacation", "annual leave", "paid time off", "parental leave", "my leave"),
        flags="i",
    ),
    Phrase(
        id="my-start",
        label="I can start in May",
        regex=r"\bi(?:'d)?\s+(?:can|could|would|am\s+able\s+to)\s+(?:be\s+able\s+to\s+)?start\s+(?:in|on|as\s+early|as\s+soon|right\s+away|immediately|work)\b"
        r"|\b(?:my|a|the|possible|earliest)\s+start\s+date\b",
        why="the start date is for another talk",
        better="leave it out until they ask",
        sample="I can start in May.",
        clean="I could start from the batch table; the pilot starts in May.",
        needs=(
            "start in",
            "start on",
            "start by",
            "start as",
            "start right",
            "start immediately",
            "start work",
            "start date",
            "start from",
        ),
        flags="i",
    ),
    Phrase(
        id="other-offers",
        label="I have another offer",
        regex=r"\b(?:another|other|competing|rival|second|two|three)\s+(?:job\s+|written\s+|standing\s+)?offers?\b(?!\s+(?:to|of|from\s+(?:your|the)\s+supplier))"
        r"|\bjob\s+offers?\b|\boffer\s+from\s+another\b",
        why="it reads as pressure",
        better="leave it out, or tell HR when there is a date to meet",
        sample="I have another offer.",
        clean="Your shop offers two sizes, and the offer of a second look stands.",
        needs=("offer",),
        flags="i",
    ),
)

_KIN = r"(?:wife|husband|son|daughter|kids|toddler|newborn|baby|fianc[ée]e?|boyfriend|girlfriend|mother|father)"

#: What a stranger does not raise, and criticism from outside.
SENSITIVE: Final[tuple[Phrase, ...]] = (
    Phrase(
        id="private-life",
        label="your wife",
        regex=rf"\byour\s+(?:\w+\s+)?(?:{_KIN}|pregnancy|marriage|divorce|illness|cancer|diagnosis|surgery|operation\s+last|weight|hair|dress"
        r"|outfit|looks|smile|faith|religion|prayers)\b(?!')|\bpregnan(?:t|cy)\b|\byou\s+look(?:ed)?\s+(?:great|beautiful|lovely|tired|young|good|gorgeous|pale|stunning)\b"
        r"|\bget\s+well\s+soon\b|\bpray(?:ing)?\s+for\s+(?:you|your)\b|\bgod\s+bless\b",
        why="it is private unless they raised it",
        better="leave it out, unless they spoke of it",
        sample="I hope your wife is better.",
        clean="You said that your ward keeps families together.",
        needs=(
            "wife",
            "husband",
            " son",
            "daughter",
            "kids",
            "toddler",
            "newborn",
            "baby",
            "fianc",
            "boyfriend",
            "girlfriend",
            " mother",
            " father",
            "pregnan",
            "marriage",
            "divorce",
            "illness",
            "cancer",
            "diagnosis",
            "surgery",
            "operation last",
            "weight",
            " hair",
            " dress",
            "outfit",
            "looks",
            "smile",
            "faith",
            "religion",
            "prayers",
            "you look",
            "get well soon",
            "pray for",
            "praying for",
            "god bless",
        ),
        flags="i",
        also=("you", "pregnan", "get well", "god bless"),
    ),
    Phrase(
        id="politics",
        label="the party you vote for",
        regex=r"\b(?:republicans?|democrats?|tory|tories|labour\s+party|conservative\s+party|green\s+party|trump|biden|brexit|abortion|atheis[tm]\w*)\b"
        r"|\b(?:your|my)\s+(?:political|religious)\s+\w+",
        why="belief and party are private unless they raised them",
        better="leave it out, unless they spoke of it",
        sample="My political views are plain.",
        clean="The policy team keeps out of party lines.",
        needs=(
            "republican",
            "democrat",
            "tory",
            "tories",
            "labour party",
            "conservative party",
            "green party",
            "trump",
            "biden",
            "brexit",
            "abortion",
            "atheis",
            "political",
            "religious",
        ),
        flags="i",
    ),
    Phrase(
        id="criticism",
        label="your website has a bug",
        regex=r"\byour\s+(?:\w+\s+){0,2}?(?:web\s?site|site|app|homepage|home\s+page|page|product|products|software|form|menu|shop|store|packaging|brochure|portal|onboarding|process|team|staff|code|design|logo|job\s+ad|advert)"
        r"\s+(?:\w+\s+){0,2}?(?:has\s+(?:an?\s+|some\s+|several\s+|many\s+)?(?:\w+\s+)?(?:bugs?|errors?|typos?|mistakes?|problems?|flaws?|weakness(?:es)?)|(?:is|are|looks?|feels?|seems?)\s+(?:\w+\s+)?"
        r"(?:broken|slow|outdated|ugly|confusing|wrong|dated|weak|poor|unprofessional|messy|cluttered|old-fashioned|hard\s+to\s+use)|does(?:n't|\s+not)\s+work|lacks|fails)\b"
        r"|\bi\s+(?:also\s+)?(?:noticed|found|spotted)\s+(?:an?\s+|some\s+|several\s+|two\s+|three\s+)(?:\w+\s+)?(?:bugs?|errors?|typos?|mistakes?|flaws?)\s+(?:on|in|with)\s+your\b",
        why="from outside it reads as a lecture",
        better="leave it out, unless they asked for it",
        sample="Your website has a bug.",
        clean="You said the binder is behind, and your form filled in from a real visit is here.",
        needs=(
            "bug",
            "error",
            "typo",
            "mistake",
            "problem",
            "flaw",
            "weak",
            "broken",
            "slow",
            "dated",
            "ugly",
            "confusing",
            "wrong",
            "poor",
            "unprofessional",
            "messy",
            "cluttered",
            "old-fashioned",
            "hard to use",
            "n't work",
            "not work",
            "lacks",
            "fails",
        ),
        flags="i",
        also=("your ",),
    ),
)

DAY_WORDS: Final[tuple[Phrase, ...]] = (
    Phrase(
        id="relative-day",
        label="today, yesterday",
        regex=r"\b(today|yesterday|tomorrow|this\s+morning|this\s+afternoon|this\s+evening)\b(?!')",
        why="",
        better="",
        sample="Thank you for the tour today.",
        needs=("today", "yesterday", "tomorrow", "this morning", "this afternoon", "this evening"),
        flags="i",
    ),
    Phrase(
        id="weekday",
        label="on Thursday",
        regex=r"\b(?:on|for|last|this|of|since)\s+(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
        r"(?=\s*(?:$|[.,;:!?)\n–—-]|(?:morning|afternoon|evening|at|and|in|to|with|about|when|after|before|was|although|by)\b))",
        why="",
        better="",
        sample="Thank you for meeting me on Thursday.",
        clean="the Monday jam, and the plan for Monday meetings",
        needs=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ),
)
