"""Hold the plain English words that say nothing about whom a note is for.

Data only: each list is one text, parted by white space.
"""

from __future__ import annotations

from typing import Final

__all__ = ["COMMON", "GENERIC", "LEGAL_FORMS", "ORDINARY", "PLACES", "TITLES"]

#: Words of four letters or more that any note may share with any other; content words are counted without them.
COMMON: Final = frozenset(
    """
    able about above across after afterwards again against ahead almost alone along already also although always
    among another anyone anything anyway around aside asked asking away back because been before being below beside
    best better between both bring brought came cannot comes coming could days dear does doing done down during each
    either else enough even ever every everyone everything exactly from gave gets getting give given gives giving
    goes going gone good great half have having hear heard hello help helped helps here hers herself himself hour
    hours http https into itself just keep keeps kept kind kindly knew know known knows last late later least left
    less lets like likes little long look looked looking looks made mail make makes making many matter maybe mean
    means meant meet meeting mention mentioned mentions might mine minute minutes more most much must myself near
    need needs never next nice none nothing often once ones only onto other others ours over part people perhaps
    place please point pleased quite rather read really regards remember right said same saying says seem seemed
    seems seen sent several shall share shared should show showed shown shows side since some someone something
    sometimes soon still such sure take taken takes taking talk talked talking tell tells than thank thanks that
    their them themselves then there therefore these they thing things think this those though thought three through
    till time times today together told tomorrow took toward towards tried tries turn turned under unless until upon
    used useful uses using usual very wait walk want wanted wants ways week weeks well went were what whatever when
    whenever where whether which while whole whom whose will wish with within without wonder word words work worked
    working works would write wrote year years yesterday your yours yourself five four seven eight nine first second
    third monday tuesday wednesday thursday friday saturday sunday
    """.split()  # a wall of quotation marks would hide the words
)

#: Other words that open a sentence, close a letter or bear a capital without being a name.
ORDINARY: Final = frozenset(
    """
    a access across act after age ago aim air all and annex any april are area arm art article as ask at august
    autumn band bank bar base bay be bear beat bed bell berg big bill bin bird bit board body book both box brown
    build bus but by call calls calm can cap car card care case cash cell chair chance change chart check cheers
    chief city claim class clean clear close coach coast code coffee cold college come cook cool corner cost count
    county course court cover cross cup cut daily dark data date day deal dean debt december deep degree design desk
    did door doubt draft draw drive due duty early earth east easy eat edge end english even evening event everybody
    eye face fact fair fall far fast february feel few field fight figure file fill film final finally find fine
    finish fire firm fish fit flat flow food foot for force ford form forward found free french full fun game garden
    gate gender general german get gift girl glad go god gold got grade grand grant grass gray green grey ground
    group grow guard guess guide had hall hand handy hang happy hard has hat he head heart heat heavy held her hi
    high hill him his hold hole holiday home honest hope hospital hot house how hundred i idea if ill in inc indeed
    inside instead interest is it its item january job join joint july june keen key kids king land lane large laser
    lastly law lay lead leaf learn leave lee legal lemon lesson let letter level life light line lines link list
    listen live load local lock london lord lose loss lot loud love low luck lunch main male man manager manner maps
    march mark market mary master match may me meal meat media member men mentor mid mile milk mill mind miss mode
    model mon money month moon morning moss mother motor mount mouth move music my name nation nature neat net new
    news night no noon nor normal north not note notes november now nurse oak october odd of off office oh old on
    one open or order our out outside own page pages pain pair panel paper park parts past path pay peace pen per
    period person phone piece plan plans plant plate play plus poor post pound power present press price prime print
    prior proud public pull pupils pure push put quarter question quick quickly quiet race rail rain raise range
    rate reach ready real reason red reed remain reply rest rich ride ring rise risk river road rock role roles room
    rose round row rule rules run safe sale sales salt sand save saw say scale school score sea season seat sector
    see self sell send senior september serve set settle shape sharp she sheet ship shop short shot shout shut sick
    sign silver simple simply sincerely single sir sister site six size skill sky sleep slow small smart smile snow
    so sold solid solve song sort sound south space speak spent spoke sport spring staff stage stand standing star
    stars start starts state stay steel step steps stone stop store storm story street strong study stuff style
    subject sum summer sun surely system table talks tall taste tea teach teacher team tech ten tend term test text
    that's thanking thankfully the theme theory thick thin thought tiny to told tone too tool top total touch tour
    tower town track trade train travel tree trial trip true truly trust truth try twelve twenty two type union unit
    until up us use value van via view visit voice wall war ward warm warmly was watch water wave way we weak wear
    weather welcome west wet what's white who why wide wild win wind window wine wing winter wise with wood world
    worth wow writing wrong yard yes yet you young warmest sincere faithfully cordially respectfully gratefully
    mayor minister president professor director separately hopefully luckily happily naturally personally
    incidentally meanwhile besides however
    """.split()
)

#: First words of an employer's name that many employers share.
GENERIC: Final = frozenset(
    """
    academy advanced agency alliance american and associates association atlantic authority bank bright british
    bureau canadian capital care central centre center church city civic clinic club coast college commission
    committee community company consulting cooperative corporation council county creative data department design
    digital district east eastern energy engineering enterprise european federal financial first food foundation
    free french general german global golden good grand great green group health high holy home hospital house
    independent industrial industries innovative institute institution integrated inter international king kings
    laboratory library life light little local logistics medical metro metropolitan mid ministry modern municipal
    museum national network nordic north northern office open organisation organization pacific parish partners
    people plant point premier primary prime private professional public quality queen rail regional research river
    royal saint school science sciences secondary senior services smart social society solutions south southern
    state street studio sun system systems team tech technical technologies technology theatre trade training
    transport trust union united university urban village water west western white world young indeed monday target
    square apple orange stripe notion shell visa oracle gap next boots meta amazon box slack zoom unity intel match
    """.split()
)

#: Places that a letter may name without meaning an employer called after them.
PLACES: Final = frozenset(
    """
    africa america amsterdam antwerp asia athens atlanta auckland austin australia austria barcelona basel belgium
    bengaluru berlin bern birmingham boston brazil bristol britain brooklyn brussels budapest california cambridge
    canada cardiff chicago china cologne copenhagen dallas delhi denmark denver detroit dublin dubai edinburgh
    england europe finland florida france frankfurt geneva germany ghent glasgow greece hamburg helsinki houston
    hungary india ireland israel italy japan kenya lagos leeds leipzig lisbon liverpool london lyon madrid
    manchester manhattan marseille melbourne mexico miami michigan milan montreal moscow mumbai munich nairobi
    naples netherlands newcastle nigeria norway nottingham ohio ontario oregon osaka oslo ottawa oxford paris perth
    philadelphia phoenix poland portland porto portugal prague princeton quebec recife rome rotterdam salzburg
    scotland seattle sheffield singapore spain stanford stockholm stuttgart sweden switzerland sydney texas tokyo
    toronto turin ukraine utrecht vancouver venice vienna virginia wales warsaw washington wellington york zurich
    """.split()
)

#: Endings of a firm's name that a letter leaves out.
LEGAL_FORMS: Final = frozenset(
    """
    ab ag as asa bv co corp corporation gmbh inc incorporated kg kgaa limited llc llp ltd nv oy oyj plc pty sa sarl
    sas se spa srl
    """.split()
)

#: Words before a name; a full stop after one ends no sentence.
TITLES: Final = frozenset("dr mr mrs ms mx prof st no sr jr mme mlle herr frau ing dipl rev e.g i.e approx".split())
