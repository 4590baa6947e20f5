"""`/connexion/cle`: signing in with a passkey alone (NEW-8): a challenge, as JSON, then the answer to it."""

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from linekey.domain.errors import FlowOver, WrongKey
from linekey.usecases import sign_in_by_passkey
from linekey.web import session
from linekey.web.entry.sign_in import SignInForm, onward_of, shown, start_again
from linekey.web.forms import key_answer
from linekey.web.visitor import visitor_of


@never_cache
@sensitive_post_parameters()
def page(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":  # Whoever comes back to the address of a refusal.
        return session.to("sign-in")
    onward, visitor, now = onward_of(request), visitor_of(request), timezone.now()
    if "answer" not in request.POST:
        flow, options = sign_in_by_passkey.begin(visitor=visitor, onward=onward, now=now)
        return JsonResponse({"flow": flow, "options": options})
    try:
        who = sign_in_by_passkey.finish(
            reference=request.POST.get("flow", ""), response=key_answer(request), visitor=visitor, now=now
        )
    except WrongKey as refusal:
        return shown(request, SignInForm(), onward, refusal)
    except FlowOver:
        return start_again()
    session.begin(request, who)
    return HttpResponseRedirect(onward, status=303)
