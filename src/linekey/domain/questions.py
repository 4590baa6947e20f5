"""Security questions (TEAM-7): which may be chosen, how an answer is read, and when it is worth anything.

Off unless the operator's policy says otherwise; an answer never opens an account alone.
"""

import unicodedata
from collections.abc import Iterable

from linekey.domain.errors import N_, Malformed
from linekey.domain.identifiers import folded
from linekey.domain.secret import Secret

QUESTIONS: dict[str, str] = {
    "childhood_friend": N_("What was the first name of your best childhood friend?"),
    "first_pet": N_("What was the name of your first pet?"),
    "first_school": N_("What was the name of your first school?"),
    "first_teacher": N_("What was the name of the teacher you remember best?"),
    "first_job": N_("In which town was your first job?"),
    "first_concert": N_("Which artist did you first see on stage?"),
    "childhood_dish": N_("Which dish did you like best as a child?"),
}
"""Sentence of each question by its code, of at most 16 characters."""

SHORTEST = 4
LONGEST = 100


def key(typed: Secret) -> Secret:
    """An answer as it is hashed and compared: letters and digits, without capitals, accents or blanks."""
    plain = unicodedata.normalize("NFKD", folded(typed.reveal()))
    return Secret("".join(character for character in plain if character.isalnum()))


def require_good(question: str, answer: Secret, facts: Iterable[str]) -> Secret:
    """The answer's key. `facts` are what others can know about the person. Raises Malformed."""
    if question not in QUESTIONS:
        raise Malformed(field="question", why=N_("choose one of the list"))
    if len(answer) > LONGEST:
        raise Malformed(field="answer", why=N_("it is too long"))
    found = key(answer)
    if len(found) < SHORTEST:
        raise Malformed(field="answer", why=N_("it must have at least 4 letters or digits"))
    if found.reveal() in key(Secret(QUESTIONS[question])).reveal():
        raise Malformed(field="answer", why=N_("it stands in the question"))
    if found in {key(Secret(fact)) for fact in facts}:
        raise Malformed(field="answer", why=N_("it stands in your account, where others may read it"))
    return found
