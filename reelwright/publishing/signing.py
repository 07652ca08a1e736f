"""Who signs a channel's calls: a token that somebody has set, or the stored sign-in, renewed before it is used."""

from __future__ import annotations

from pydantic import SecretStr

from reelwright.errors import ProviderError
from reelwright.publishing.contract import Bench, ChannelEntry, ChannelRefused, Refused
from reelwright.publishing.oauth import Provider, SignInNeeded
from reelwright.publishing.rules import RefusalKind
from reelwright.publishing.signed_in import SignedIn


class Signer:
    """The access token of one channel."""

    def __init__(self, channel: str, fixed: SecretStr | None, signed_in: SignedIn, purpose: str = "") -> None:
        """Take a token that is set (`None`: there is none), and the sign-in that stands in for it.

        `purpose` is what a person signs in for, where that is not the platform's usual.
        """
        self._channel, self._fixed, self._signed_in, self._purpose = channel, fixed, signed_in, purpose

    @classmethod
    def of(
        cls, entry: ChannelEntry, bench: Bench, provider: Provider, variables: tuple[str, ...], purpose: str = ""
    ) -> Signer:
        """Return the signer of an entry: its own key, else one of the usual variables, else the stored sign-in."""
        names = (entry.api_key.env,) if entry.api_key else variables
        signed_in = SignedIn(provider.at(entry.base_url), bench.tokens, entry.account)
        return cls(entry.called, bench.credential(names), signed_in, purpose)

    @property
    def can_renew(self) -> bool:
        """Whether another token may be had when one is refused."""
        return self._fixed is None

    @property
    def account(self) -> str:
        """The number of the account that was signed in to; empty: nobody has, or the platform does not tell."""
        stored = self._signed_in.stored() if self._fixed is None else None
        return stored.secrets.get("account_id", "") if stored else ""

    async def token(self, *, refused: str = "") -> SecretStr:
        """Return a token that is good now; `refused` is one that the platform has just refused.

        Raises:
            ChannelRefused: a person must sign in, or the platform that renews tokens cannot be reached.
            StorageError: the store of tokens cannot be used.
        """
        if self._fixed is not None:
            return self._fixed
        try:
            token = await self._signed_in.token(refused=refused)
        except SignInNeeded as error:
            reason, kind, should, wait = error.message, RefusalKind.SIGN_IN, self._command(error.hint), None
        except ProviderError as error:
            reason, kind, should = error.message, RefusalKind.BUSY, "Nothing: it is tried again later."
            wait = error.retry_after_seconds
        else:
            return SecretStr(token.secrets["access_token"])
        raise ChannelRefused(
            self._channel, Refused(kind=kind, reason=reason, person_should=should, retry_after_seconds=wait)
        )

    def _command(self, hint: str) -> str:
        """Name the purpose in the command that a hint gives."""
        command = f"reelwright auth {self._signed_in.provider.name}"
        return hint.replace(command, f"{command} --for {self._purpose}") if self._purpose else hint
