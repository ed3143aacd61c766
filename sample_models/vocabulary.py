"""The words that a text model knows, and making it blind to some of them."""

from model_adapters.trained.words import (
    NOTHING_LEFT,
    WordsModel,
    blind_to,
    fit_on_words,
    vocabulary,
)

__all__ = [
    "FUNCTION_WORDS",
    "NOTHING_LEFT",
    "WordsModel",
    "blind_to",
    "fit_on_words",
    "vocabulary",
]

FUNCTION_WORDS = frozenset(
    """
    a an the this that these those each every either neither both all any some no none nor not such
    only own same other others another more most much many few several less least enough

    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his
    himself she her hers herself it its itself they them their theirs themselves one ones who whom
    whose which what whatever whichever whoever someone somebody something anyone anybody anything
    everyone everybody everything nobody nothing

    am is are was were be been being have has had having do does did doing done can could cannot may
    might must shall should will would ought get gets got let lets seem seems seemed become becomes

    about above across after against along among around as at before behind below beneath beside
    besides between beyond by down during except for from in inside into like near of off on onto
    out outside over past per since through till to together toward towards under until up upon
    with within without via

    and but or so yet if then than though although because unless while whereas whether however
    otherwise therefore when whenever where wherever why how

    here there now again also too very quite rather really just even still already always never
    often once ever almost perhaps maybe else anyway indeed instead somehow sometimes yes

    two three four five six seven eight nine ten eleven twelve

    ll re ve don didn doesn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn cant dont
    """.split()
)
"""English words that carry grammar and no matter, as `TfidfVectorizer` cuts and folds them."""
