"""WebAuthn: what is asked of a browser, and everything that may come back (level 3, sections 7.1 and 7.2)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from linekey.vault import passkey_answers, passkeys
from linekey.vault.passkey_answers import Assertion, NewKey
from tests.lab.authenticator import EDDSA, ES256, RS256, Authenticator, Json

ORIGIN = "https://desk.linekey.test"
HANDLE = passkeys.handle_of(1)
Change = Callable[[Json], object]


@pytest.fixture(autouse=True)
def _public_url(settings: Settings) -> None:
    settings.LINEKEY_PUBLIC_URL = ORIGIN


def honest(**switches: Any) -> Authenticator:
    return Authenticator(**({"origin": ORIGIN} | switches))


def creation(challenge: str, registered: tuple[passkeys.Registered, ...] = ()) -> Json:
    options = passkeys.creation_options(
        challenge, handle=HANDLE, account="ab12345-lk", name="Ada Lemoine", registered=registered
    )
    return json.loads(json.dumps(options))  # type: ignore[no-any-return]


def request(challenge: str, allow: tuple[passkeys.Registered, ...] = (), *, alone: bool = False) -> Json:
    return json.loads(  # type: ignore[no-any-return]
        json.dumps(passkeys.request_options(challenge, allow=allow, alone=alone))
    )


def register(key: Authenticator) -> NewKey | None:
    challenge = passkeys.new_challenge()
    return passkey_answers.check_creation(key.create(creation(challenge)), challenge=challenge)


def registered(key: Authenticator) -> NewKey:
    made = register(key)
    assert made is not None
    return made


def check(
    answer: object, made: NewKey, challenge: str, *, alone: bool = False, handle: bytes = HANDLE
) -> Assertion | None:
    return passkey_answers.check_assertion(
        answer,
        challenge=challenge,
        public_key=memoryview(made.public_key),
        sign_count=made.sign_count,
        handle=handle,
        alone=alone,
    )


def use(key: Authenticator, made: NewKey, **how: Any) -> Assertion | None:
    challenge = passkeys.new_challenge()
    return check(key.get(request(challenge)), made, challenge, **how)


class TestWhatABrowserIsAsked:
    def test_a_challenge_is_512_bits_and_never_the_same(self) -> None:
        drawn = {passkeys.new_challenge() for _ in range(1000)}
        assert len(drawn) == 1000 and {len(each) for each in drawn} == {86}

    def test_a_new_key_is_for_our_site_and_this_person_and_names_no_secret(self) -> None:
        options = creation("AAAA")
        assert options["rp"] == {"name": "Linekey Télécom", "id": "desk.linekey.test"}
        assert (options["user"]["name"], options["user"]["displayName"]) == ("ab12345-lk", "Ada Lemoine")
        assert options["attestation"] == "none" and options["extensions"] == {"credProps": True}
        assert [each["alg"] for each in options["pubKeyCredParams"]] == [EDDSA, ES256, RS256]
        assert options["authenticatorSelection"]["residentKey"] == "preferred"

    def test_whoever_is_unknown_is_asked_for_any_passkey_and_no_account_shows(self) -> None:
        options = request("AAAA", alone=True)
        assert options["allowCredentials"] == [] and options["userVerification"] == "required"

    def test_a_second_factor_is_asked_for_by_name_and_without_a_pin(self) -> None:
        options = request("AAAA", (("QUJD", ("usb", "telepathy")),))
        assert options["allowCredentials"] == [{"id": "QUJD", "type": "public-key", "transports": ["usb"]}]
        assert options["userVerification"] == "discouraged" and options["timeout"] == 300_000

    def test_a_key_that_is_registered_is_not_added_again(self) -> None:
        key = honest()
        made = registered(key)
        with pytest.raises(LookupError):
            key.create(creation("AAAA", ((made.credential_id, made.transports),)))

    @pytest.mark.parametrize(
        ("address", "origin", "party"),
        [
            ("https://desk.linekey.test", "https://desk.linekey.test", "desk.linekey.test"),
            ("https://Desk.Linekey.Test:443", "https://desk.linekey.test", "desk.linekey.test"),
            ("https://desk.linekey.test:8443", "https://desk.linekey.test:8443", "desk.linekey.test"),
            ("http://localhost:8000", "http://localhost:8000", "localhost"),
            ("http://localhost:80", "http://localhost", "localhost"),
        ],
    )
    def test_the_origin_is_the_configured_address_as_browsers_write_it(
        self, settings: Settings, address: str, origin: str, party: str
    ) -> None:
        settings.LINEKEY_PUBLIC_URL = address
        assert (passkeys.origin(), passkeys.rp_id()) == (origin, party)

    def test_a_handle_is_the_same_for_all_keys_of_a_person_and_for_nobody_else(self) -> None:
        assert passkeys.handle_of(1) == passkeys.handle_of(1) != passkeys.handle_of(11)
        assert len(passkeys.handle_of(1)) <= 64


class TestANewKey:
    @pytest.mark.parametrize("alg", [ES256, EDDSA, RS256])
    def test_it_is_taken_and_answers_from_then_on(self, alg: int) -> None:
        key = honest(alg=alg)
        made = registered(key)
        assert made.passkey and made.transports == ("internal", "hybrid")
        assert use(key, made, alone=True) == Assertion(1, copied=False)

    @pytest.mark.parametrize(
        "switches",
        [
            {"origin": "https://evil.test"},
            {"origin": "http://desk.linekey.test"},
            {"origin": "https://desk.linekey.test:8443"},
            {"origin": "https://desk.linekey.test.evil.test"},
            {"party": "evil.test"},
            {"party": "linekey.test"},
            {"present": False},
            {"cross_origin": True},
            {"named_alg": -47},
            {"named_alg": -65535},
            {"id_length": 1024},
            {"id_length": 0},
        ],
    )
    def test_one_of_another_site_or_making_is_not_taken(self, switches: Json) -> None:
        assert register(honest(**switches)) is None

    def test_a_long_id_is_taken_up_to_its_last_byte(self) -> None:
        assert len(registered(honest(id_length=1023)).credential_id) == 1364

    def test_it_is_no_passkey_unless_it_verified_its_user(self) -> None:
        assert not registered(honest(verifies=False)).passkey

    @pytest.mark.parametrize(
        ("told", "passkey"),
        [
            ({"credProps": {"rk": False}}, False),
            ({"credProps": {"rk": True}}, True),
            ({"credProps": {}}, True),
            ({"credProps": []}, True),
            ({}, True),
            (None, True),
            ("credProps", True),
        ],
    )
    def test_it_is_no_passkey_where_the_browser_knows_that_it_cannot_be_found(
        self, told: object, passkey: bool
    ) -> None:
        challenge = passkeys.new_challenge()
        answer = honest().create(creation(challenge)) | {"clientExtensionResults": told}
        made = passkey_answers.check_creation(answer, challenge=challenge)
        assert made is not None and made.passkey is passkey

    @pytest.mark.parametrize("told", [["usb", "usb", "telepathy", 7, None, ["nfc"]], "usb", None, {}])
    def test_of_its_transports_only_those_there_are_count(self, told: Any) -> None:
        challenge, key = passkeys.new_challenge(), honest()
        answer = key.create(creation(challenge))
        answer["response"]["transports"] = told
        made = passkey_answers.check_creation(answer, challenge=challenge)
        assert made is not None and made.transports in ((), ("usb",))

    def test_an_answer_to_another_challenge_is_not_taken(self) -> None:
        answer = honest().create(creation(passkeys.new_challenge()))
        for other in (passkeys.new_challenge(), "", "!", "é"):
            assert passkey_answers.check_creation(answer, challenge=other) is None

    @pytest.mark.parametrize(
        "told",
        [
            4,  # The library takes it for an uncompressed point without coordinates.
            {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)},
            {1: 2, 3: -7, -1: 1, -2: 7, -3: 8},
            {1: 1, 3: -7, -1: 6, -2: bytes(32)},
            {1: 1, 3: -8, -1: 6, -2: b""},
            {1: 3, 3: -257, -1: b"\0", -2: b"\0"},
            {1: 3, 3: -257, -1: b"\xff" * 5000, -2: b"\1\0\1"},
            {1: 7, 3: -48, -1: bytes(1312)},
            {1: 99, 3: -7},
            {3: [-7]},
            {},
            [],
            None,
        ],
    )
    def test_a_public_key_that_is_none_is_not_taken(self, told: object) -> None:
        assert _with_public_key(told) is None

    def test_a_public_key_padded_beyond_measure_is_not_taken(self) -> None:
        key = honest(alg=EDDSA)
        key.create(creation("AAAA"))
        point = key.credentials[0].private.public_key().public_bytes_raw()  # type: ignore[union-attr]
        assert _with_public_key({1: 1, 3: -8, -1: 6, -2: point}) is not None
        assert _with_public_key({1: 1, 3: -8, -1: 6, -2: point, 99: bytes(5000)}) is None


def _with_public_key(told: object) -> NewKey | None:
    challenge, key = passkeys.new_challenge(), honest()
    answer = key.create(creation(challenge))
    attested = cbor2.loads(urlsafe_b64decode(answer["response"]["attestationObject"] + "=="))
    data: bytes = attested["authData"]
    attested["authData"] = data[: 37 + 16 + 2 + 32] + cbor2.dumps(told)
    answer["response"]["attestationObject"] = urlsafe_b64encode(cbor2.dumps(attested)).decode().rstrip("=")
    return passkey_answers.check_creation(answer, challenge=challenge)


class TestAKeyInUse:
    @pytest.mark.parametrize(
        "switches",
        [
            {"origin": "https://evil.test"},
            {"party": "evil.test"},
            {"present": False},
            {"cross_origin": True},
        ],
    )
    @pytest.mark.parametrize("alone", [True, False])
    def test_one_that_answers_for_another_site_or_without_its_owner_is_refused(
        self, switches: Json, alone: bool
    ) -> None:
        key = honest()
        made = registered(key)
        assert use(key, made, alone=alone) is not None
        for switch, value in switches.items():
            setattr(key, switch, value)
        assert use(key, made, alone=alone) is None

    def test_alone_it_must_have_verified_its_owner_and_beside_a_password_it_need_not(self) -> None:
        key = honest(verifies=False)
        made = registered(key)
        assert use(key, made, alone=True) is None
        assert use(key, made, alone=False) is not None

    def test_alone_it_must_say_whose_it_is(self) -> None:
        key = honest()
        made = registered(key)
        for handle in ("", None, "QUJD"):
            challenge = passkeys.new_challenge()
            answer = key.get(request(challenge))
            answer["response"]["userHandle"] = handle
            assert check(answer, made, challenge, alone=True) is None
            # A key which is named by its ID may leave it out, and may not lie.
            assert (check(answer, made, challenge) is None) is (handle == "QUJD")

    def test_it_answers_for_nobody_else(self) -> None:
        key = honest()
        assert use(key, registered(key), handle=passkeys.handle_of(2)) is None

    def test_another_key_of_the_same_owner_signs_nothing_for_it(self) -> None:
        key, other = honest(), honest()
        made = registered(key)
        registered(other)
        assert use(other, made) is None

    def test_an_answer_is_good_for_its_own_challenge_alone(self) -> None:
        key = honest()
        made = registered(key)
        answer = key.get(request(passkeys.new_challenge()))
        assert check(answer, made, passkeys.new_challenge()) is None
        assert check(answer, made, "") is None

    def test_a_counter_that_does_not_go_up_tells_of_a_copy(self) -> None:
        key = honest(start=5)
        made = registered(key)
        assert use(key, made) == Assertion(6, copied=False)
        key.step = 0
        key.credentials[0].count = made.sign_count
        assert use(key, made) == Assertion(5, copied=True)
        key.credentials[0].count = 0
        assert use(key, made) == Assertion(0, copied=True)

    def test_a_passkey_that_does_not_count_is_no_copy(self) -> None:
        key = honest(step=0)
        assert use(key, registered(key)) == Assertion(0, copied=False)

    def test_a_forged_counter_is_a_bad_signature_and_no_copy(self) -> None:
        """Nobody's key is called a copy because of what a stranger made up."""
        key = honest(start=5)
        made = registered(key)
        challenge = passkeys.new_challenge()
        answer = key.get(request(challenge))
        data = bytearray(urlsafe_b64decode(answer["response"]["authenticatorData"] + "=="))
        data[33:37] = bytes(4)
        answer["response"]["authenticatorData"] = urlsafe_b64encode(data).decode().rstrip("=")
        assert check(answer, made, challenge) is None


class TestWhateverComesBack:
    def test_an_id_is_looked_up_by_its_digest_whatever_was_sent_in_its_place(self) -> None:
        nobody = passkeys.credential_digest("")
        hostile: list[object] = [None, [], "x", 7, {}, {"rawId": 7}, {"rawId": None}, {"rawId": ["QUJD"]}]
        for told in hostile:
            assert passkeys.digest_of(told) == nobody
        assert passkeys.digest_of({"rawId": "QUJD="}) == passkeys.credential_digest("QUJD") != nobody
        assert passkeys.digest_of({"rawId": "\ud800"}) != nobody

    @given(st.data())
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_a_good_answer_with_anything_in_it_replaced_breaks_nothing(self, data: st.DataObject) -> None:
        challenge, key = _CHALLENGE, _KEY
        answer = json.loads(data.draw(st.sampled_from((_CREATED, _ASSERTED))))
        path = data.draw(st.sampled_from(_PATHS))
        value = data.draw(_ANYTHING)
        _replace(answer, path, value)
        assert _of_one_kind(passkey_answers.check_creation(answer, challenge=challenge), NewKey)
        assert _of_one_kind(check(answer, key, challenge, alone=True), Assertion)

    @given(
        st.recursive(
            st.none() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
        )
    )
    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_json_at_all_is_refused_and_breaks_nothing(self, answer: object) -> None:
        assert passkey_answers.check_creation(answer, challenge=_CHALLENGE) is None
        assert check(answer, _KEY, _CHALLENGE) is None

    @given(st.binary(max_size=300))
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_bytes_in_place_of_what_was_attested_break_nothing(self, raw: bytes) -> None:
        answer = json.loads(_CREATED)
        answer["response"]["attestationObject"] = urlsafe_b64encode(raw).decode()
        assert passkey_answers.check_creation(answer, challenge=_CHALLENGE) is None

    @given(
        st.sampled_from(("packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "x", 7)),
        st.data(),
    )
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_statement_of_any_maker_breaks_nothing(self, fmt: object, data: st.DataObject) -> None:
        answer = json.loads(_CREATED)
        attested = cbor2.loads(urlsafe_b64decode(answer["response"]["attestationObject"] + "=="))
        parts = st.none() | st.binary(max_size=60) | st.integers(-70000, 70000) | st.text(max_size=9)
        fields = ("sig", "x5c", "alg", "response", "ver", "certInfo", "pubArea")
        attested["fmt"] = fmt
        attested["attStmt"] = data.draw(
            st.dictionaries(st.sampled_from(fields), parts | st.lists(parts, max_size=3)) | parts
        )
        answer["response"]["attestationObject"] = urlsafe_b64encode(cbor2.dumps(attested)).decode()
        assert passkey_answers.check_creation(answer, challenge=_CHALLENGE) is None

    def test_json_as_deep_as_it_gets_breaks_nothing(self) -> None:
        answer = json.loads(_ASSERTED)
        deep = b"[" * 100_000
        answer["response"]["clientDataJSON"] = urlsafe_b64encode(deep).decode()
        assert check(answer, _KEY, _CHALLENGE) is None
        answer = json.loads(_CREATED)
        answer["response"]["attestationObject"] = urlsafe_b64encode(b"\x81" * 100_000).decode()
        assert passkey_answers.check_creation(answer, challenge=_CHALLENGE) is None


def _of_one_kind(found: object, kind: type) -> bool:
    return found is None or isinstance(found, kind)


def _replace(answer: Any, path: tuple[str, ...], value: object) -> None:
    for step in path[:-1]:
        answer = answer.setdefault(step, {})
    answer[path[-1]] = value


_PATHS = [
    *(
        (each,)
        for each in ("id", "rawId", "type", "response", "clientExtensionResults", "authenticatorAttachment")
    ),
    *(
        ("response", each)
        for each in (
            "clientDataJSON",
            "attestationObject",
            "authenticatorData",
            "signature",
            "userHandle",
            "transports",
        )
    ),
    ("clientExtensionResults", "credProps"),
]
_ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary(max_size=200).map(lambda raw: urlsafe_b64encode(raw).decode())
    | st.lists(st.none() | st.text(), max_size=3)
    | st.dictionaries(st.text(max_size=5), st.integers() | st.lists(st.integers(), max_size=2), max_size=3)
)
# One honest registration and use, made once: what hypothesis damages.
_CHALLENGE = "Y2hhbGxlbmdl"
_HONEST = Authenticator(origin=ORIGIN)
_CREATED = json.dumps(
    _HONEST.create(
        {
            "rp": {"id": "desk.linekey.test"},
            "user": {"id": urlsafe_b64encode(HANDLE).decode().rstrip("=")},
            "challenge": _CHALLENGE,
            "excludeCredentials": [],
        }
    )
)
_ASSERTED = json.dumps(
    _HONEST.get({"rpId": "desk.linekey.test", "challenge": _CHALLENGE, "allowCredentials": []})
)
_KEY = NewKey("", _HONEST.public_key, 0, (), passkey=True)
