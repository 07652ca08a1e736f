"""The options of `reelwright auth`, apart from its work: the command line loads no database to explain itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command import AsJson, print_json, quiet_prefect, reported


@reported
def auth(
    platform: Annotated[
        str, typer.Argument(help="youtube, tiktok or facebook (for Instagram too). Empty: list the accounts.")
    ] = "",
    purpose: Annotated[
        str,
        typer.Option(
            "--for",
            help="What it shall do: upload or captions at YouTube, draft or direct at TikTok. Default: the first.",
        ),
    ] = "",
    account: Annotated[
        str, typer.Option("--account", help="A name of your own, where you sign in to several of one platform.")
    ] = "default",
    client: Annotated[
        Path | None, typer.Option("--client", help="The app's id and secret: the JSON file that Google gives.")
    ] = None,
    redirect: Annotated[
        str,
        typer.Option("--redirect", help="A redirect address registered with the platform; then paste where it leads."),
    ] = "",
    block: Annotated[str, typer.Option("--block", help="Make it a channel in Prefect too, a block of this name.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Drop the stored sign-in of this account.")] = False,
    base_url: Annotated[str, typer.Option("--base-url", help="Another address of the platform: a proxy, a test.")] = "",
    as_json: AsJson = False,
) -> None:
    """Sign in to a platform, once: shows a page to open and takes its answer, or has it pasted from elsewhere."""
    from flows.commands import signing_in  # noqa: PLC0415 - loads the database

    if block:
        quiet_prefect()
    if not platform:
        accounts = signing_in.listed()
        if as_json:
            print_json([one.model_dump(mode="json") for one in accounts])
        else:
            signing_in.show(accounts)
    elif forget:
        signing_in.forget(platform, account)
    else:
        made = signing_in.sign_in(
            signing_in.Wish(
                platform=platform,
                purpose=purpose,
                account=account,
                client=client,
                redirect_uri=redirect,
                base_url=base_url,
                block=block,
            )
        )
        if as_json:
            print_json(made.model_dump(mode="json"))
