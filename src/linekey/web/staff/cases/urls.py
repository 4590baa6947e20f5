"""Addresses of support cases, for agents."""

from django.urls import path

from linekey.web.staff.cases import case, decide, documents, proofs, queue, turn_down

_CASE = "dossiers/<str:reference>"

urlpatterns = [
    path("dossiers", queue.page, name="cases"),
    path(_CASE, case.page, name="case"),
    path(f"{_CASE}/compte", proofs.attach, name="case-attach"),
    path(f"{_CASE}/appel", proofs.send_code, name="case-call"),
    path(f"{_CASE}/appel/code", proofs.check_code, name="case-call-code"),
    path(f"{_CASE}/code-de-secours", proofs.check_recovery_code, name="case-recovery-code"),
    path(f"{_CASE}/poste", proofs.compare_extension, name="case-extension"),
    path(f"{_CASE}/demande", proofs.ask, name="case-ask"),
    path(f"{_CASE}/note", proofs.note, name="case-note"),
    path(f"{_CASE}/documents", documents.judge, name="case-documents"),
    path(f"{_CASE}/documents/<str:uid>", documents.read, name="case-document"),
    path(f"{_CASE}/decision", decide.propose, name="case-propose"),
    path(f"{_CASE}/accord", decide.confirm, name="case-agree"),
    path(f"{_CASE}/renvoi", turn_down.send_back, name="case-send-back"),
    path(f"{_CASE}/refus", turn_down.refuse, name="case-refuse"),
]
