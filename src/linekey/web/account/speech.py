"""`…/coordonnees/langue`: the language of pages and mails, for good; that of the foot is for one session."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from linekey.domain.errors import Malformed
from linekey.usecases import change_language
from linekey.web import language, notices, session
from linekey.web.session import SignedInRequest, signed_in


@require_POST
@signed_in
def change(request: SignedInRequest) -> HttpResponseBase:
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Malformed(field="language", why="fr / en")
    change_language.change(actor=request.actor, language=chosen, now=timezone.now())
    request.session[language.CHOSEN] = chosen
    notices.leave(request, "success", gettext_noop("From now on we write to you in this language."))
    return session.to("account-contacts")
