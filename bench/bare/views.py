"""One view per question. Each does what its name says, and nothing else."""

from uuid import uuid4

from django.contrib.auth.hashers import check_password, make_password
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from bench.bare.fill import PASSWORD
from bench.bare.models import Row

_ENCODED = make_password(PASSWORD)


def hashed(request: HttpRequest) -> HttpResponse:
    """Only the hash."""
    right = check_password(request.POST["password"], _ENCODED)
    return HttpResponse(status=204 if right else 403)


def read(request: HttpRequest, reference: str) -> HttpResponse:
    """One indexed read."""
    return JsonResponse(model_to_dict(Row.objects.get(reference=reference)))


def inserted(request: HttpRequest) -> HttpResponse:
    """One insert."""
    row = Row.objects.create(
        reference=uuid4().hex,
        kind="sip_line",
        name="Ligne",
        path="1.2.3.",
        product="SIP-SOLO",
        state="active",
        created_at=timezone.now(),
    )
    return JsonResponse({"id": row.pk}, status=202)
