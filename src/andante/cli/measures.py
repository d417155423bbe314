"""`andante measures`: the catalogue of instruments, and a service's own wording added to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from andante.cli.saving import check_places, save_text
from andante.cli.window import as_written, console
from andante.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from andante.measures.instrument import Figure, Instrument, Score
    from andante.measures.packs import Pack

measures = typer.Typer(help="The catalogue of instruments, and your own wording added to it.", rich_markup_mode=None, no_args_is_help=True)
Packs = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Where packs are kept (default: your own data folder, or ANDANTE_PACKS).")
]


@measures.command("list")
def list_measures(packs: Packs = None) -> None:
    """List the instruments: id, what each measures, reliable change, and whether its wording was added."""
    from rich.table import Table

    from andante.measures import catalogue
    from andante.measures.packs import load_packs, packs_folder

    added = load_packs(packs_folder(packs))
    shown = Table("id", "measures", "range", "good end", "reliable change", "wording")
    for one in catalogue().values():
        change = one.total.reliable_change
        points = (
            "" if change.value is None else f"{change.value:g}" + ("" if change.confidence == "published" else f" ({change.confidence})")
        )
        languages = ", ".join(pack.language or "?" for pack in added.get(one.id, [])) or "not added"
        shown.add_row(
            one.id, f"{one.title}: {one.about}", f"{one.total.low:g} to {one.total.high:g}", one.better, points, as_written(languages)
        )
    console().print(shown)


@measures.command("show")
def show(
    instrument: Annotated[str, typer.Argument(metavar="ID", help="An instrument of the catalogue.")],
    packs: Packs = None,
) -> None:
    """Show all that is known of an instrument: items, scores, figures, each with its source and how sure it is."""
    from andante.cli.tables import find_instrument
    from andante.measures.packs import load_packs, packs_folder

    one, window = find_instrument(instrument), console()
    window.print(f"[bold]{one.title}[/bold] ({one.id}): {one.about}. {one.better.capitalize()} is better.")
    window.print(f"Wording: {one.wording['held_by']}; {one.wording['terms']}.")
    codes = ", ".join(f"{key} {value}" for key, value in one.loinc.items())
    window.print(f"LOINC: {codes}")
    window.print(
        f"Missing answers: up to {one.missing['most']} ({one.missing['fill']}); {one.missing['source']} [{one.missing['confidence']}]",
        markup=False,
    )
    for score in one.scores:
        _show_score(window, score)
    for rule in one.safety:
        window.print(f"Safety item {rule['item']} (from {rule['at_least']}): {rule['about']}")
    found = load_packs(packs_folder(packs)).get(one.id, [])
    window.print("\nItems (our own labels)")
    for item in one.items:
        turned = ", turned round" if item.reverse else ""
        window.print(f"  {item.id}  {item.label}{turned}" + (f"  (LOINC {item.loinc})" if item.loinc else ""))
    for pack in found:
        _show_pack(window, one, pack)


def _show_score(console: Console, score: Score) -> None:
    console.print(f"\n[bold]{score.label}[/bold]: column {score.column}, {score.low:g} to {score.high:g}, {len(score.items)} items")
    _show_figure(console, "reliable change", score.reliable_change)
    for figure in score.cutoffs:
        _show_figure(console, f"cut-off ({figure.more.get('means', '')})", figure)
    for figure in score.reliability:
        _show_figure(console, f"reliability ({figure.more.get('kind', '')})", figure)
    if score.spread is not None:
        _show_figure(console, "SD", score.spread)
    if score.functional is not None:
        _show_figure(console, "functional mean", score.functional)
    if score.bands:
        console.print("  bands: " + ", ".join(f"{label} from {start:g}" for start, label in score.bands) + f" ({score.bands_source})")


def _show_figure(console: Console, name: str, figure: Figure) -> None:
    value = "none" if figure.value is None else f"{figure.value:g}"
    console.print(f"  {name}: {value} [{figure.confidence}] {figure.source}", markup=False)


def _show_pack(console: Console, one: Instrument, pack: Pack) -> None:
    console.print()
    console.print(as_written(f"Wording added ({pack.language or 'language not said'}): {pack.title}"))
    console.print(as_written(f"  {pack.copyright or 'no copyright line'}"))
    shown = None
    for item in one.items:
        console.print(as_written(f"  {item.id}  {pack.questions.get(item.id, '')}"))
        options = pack.answers.get(item.id, [])
        if options and options != shown:
            console.print(as_written("     " + " | ".join(f"{points:g} {text}" for points, text, _ in options)))
        shown = options


@measures.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A FHIR R4 Questionnaire as JSON.", readable=False)],
    instrument: Annotated[str | None, typer.Option(metavar="ID", help="Which instrument it is, where the file does not say.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Take the translations in this language (de, fr) that the file holds.")
    ] = None,
    packs: Packs = None,
) -> None:
    """Add an instrument's wording from the Questionnaire that your service already has.

    Items and answers are matched by LOINC code, else by order; what could not be matched is said. You answer for the
    right to use the wording: its copyright line is kept and shown.
    """
    from andante.measures import catalogue
    from andante.measures.packs import keep_pack, packs_folder, read_questionnaire

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}). To mend it: check its name and folder.") from None
    pack = read_questionnaire(content, catalogue(), file=str(file), instrument=instrument, language=language)
    place = keep_pack(pack, packs_folder(packs))
    for warning in pack.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    answers = sum(bool(options) for options in pack.answers.values())
    spoken = pack.language or "not said"
    typer.echo(f"{pack.instrument}: {len(pack.questions)} items with text, {answers} with texts of answers; language {spoken}.")
    typer.echo(f"Copyright: {pack.copyright or 'none in the file'}")
    typer.echo(f"Written: {place}", err=True)


@measures.command("export")
def export(out: Annotated[Path | None, typer.Option(metavar="FILE", help="A .json file; without it the text is printed.")] = None) -> None:
    """Andante's own check-ins as a FHIR R4 Questionnaire, to ask them in any record system."""
    from andante.measures.checkins import build_questionnaire

    text = json.dumps(build_questionnaire(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    check_places([("--out", out, ("json",))])
    save_text(text, out)
    typer.echo(f"Written: {out}", err=True)
