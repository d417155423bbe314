"""`andante score`: answers to the items of an instrument become totals and subscales."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from andante.cli.problems import Errors, writing_problems
from andante.cli.saving import FORMATS, check_places, save_table
from andante.cli.window import SHOWN, print_table
from andante.errors import InputError, Problem, UsageError, told

if TYPE_CHECKING:
    import pyarrow as pa

    from andante.cli.tables import GivenTable
    from andante.measures.instrument import Instrument
    from andante.measures.packs import Pack
    from andante.measures.scoring import Scored


def score(
    answers: Annotated[
        Path,
        typer.Argument(metavar="ANSWERS", help="CSV, Parquet or Arrow, wide or long; or QuestionnaireResponses as JSON.", readable=False),
    ],
    instrument: Annotated[str, typer.Option(metavar="ID", help="Which instrument: `andante measures list` has them.")],
    client: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="The column of client ids (default: one of an obvious name).")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="More columns that name a row (session, date); may be repeated.")
    ] = None,
    item: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long table: the column of items.")] = None,
    answer: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long table: the column of answers.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="ITEM=COLUMN", help="Wide table: which column holds which item, where names do not tell.")
    ] = None,
    packs: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where packs are kept (for responses).")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The scores; the ending chooses csv, parquet, arrow or json.")] = None,
    errors: Errors = None,
) -> None:
    """Score answers to an instrument: totals, subscales, bands, safety items.

    Missing answers follow the instrument's own rule where it has one, else as its entry in the catalogue says
    (`andante measures show ID`). An answer that is not allowed is an error, with its row and item, and nothing is written.
    """
    from andante.cli.tables import find_instrument

    check_places([("--out", out, FORMATS), ("--errors", errors, ())], given={"the input": answers})
    chosen = find_instrument(instrument)
    with writing_problems(errors):
        keys, scored, notes = _read(answers, chosen, client, keep or [], item, answer, column or [], packs)
    table = _joined(keys, scored)
    notes += describe(scored)
    if out is not None:
        save_table(table, out)
    for note in notes:
        typer.echo(f"Note: {note}", err=True)
    if out is not None:
        typer.echo(f"Written: {out}", err=True)
    else:
        print_table(table, most=SHOWN)


def _read(
    path: Path,
    instrument: Instrument,
    client: str | None,
    keep: list[str],
    item: str | None,
    answer: str | None,
    column: list[str],
    packs: Path | None,
) -> tuple[dict[str, Any], Scored, list[str]]:
    from andante.measures.scoring import score_answers

    if path.suffix.lower() in (".json", ".ndjson"):
        from andante.measures.answers import read_responses
        from andante.measures.packs import load_packs, packs_folder

        resources = _resources(path)
        pack = _best_pack(load_packs(packs_folder(packs)).get(instrument.id, []), resources)
        found = read_responses(instrument, resources, pack, file=str(path))
        return dict(found.keys), score_answers(instrument, found.grid), found.notes
    if (item is None) != (answer is None):
        raise UsageError("A long table needs both --item and --answer.")
    from andante.cli.tables import GivenTable

    given = GivenTable(path)
    seen: list[str] = []
    if client is None:
        client, keep = _recognize_keys(given, keep, seen)
    if item is None and not column and not _items_of(instrument, given, client, keep):
        item, answer = (_named(given.headings, names) for names in (ITEM_NAMES, ANSWER_NAMES))
        if item is not None and answer is not None:
            seen.append(f"a long table, by its columns {told(item)} and {told(answer)}")
    if item is not None and answer is not None:
        keys, scored, notes = _read_long(given, instrument, client, keep, item, answer)
    else:
        keys, scored, notes = _read_wide(given, instrument, client, keep, column)
    return keys, scored, [*seen, *notes]


def _best_pack(packs: Sequence[Pack], resources: Sequence[dict[str, Any]]) -> Pack | None:
    """The pack whose linkIds the responses use most: a service may have one for each language."""
    from collections import Counter

    from andante.measures.resources import flatten, text_of

    links = Counter(text_of(entry.get("linkId")) for resource in resources for entry in flatten(resource.get("item")))
    return max(packs, key=lambda pack: sum(links[link] for link in pack.links), default=None)


# Headings that say of themselves what they hold, where no option does.
CLIENT_NAMES = ("client_id", "client", "patient_id", "patient", "participant_id", "participant", "person_id", "person", "subject", "id")
KEPT_NAMES = ("session", "visit", "date", "day", "time", "week")
ITEM_NAMES, ANSWER_NAMES = ("item", "item_id", "question", "linkid", "code"), ("answer", "ans", "value", "response", "score", "points")


def _named(headings: Sequence[str], names: Sequence[str]) -> str | None:
    """The heading that is one of these names, whatever its case and spacing; the earlier name first."""
    squeezed = {"".join(sign for sign in heading.lower() if sign.isalnum()): heading for heading in reversed(headings)}
    return next((squeezed[name.replace("_", "")] for name in names if name.replace("_", "") in squeezed), None)


def _recognize_keys(given: GivenTable, keep: list[str], seen: list[str]) -> tuple[str | None, list[str]]:
    """Whose answers these are, and at which session, by the names of the columns."""
    client = _named(given.headings, CLIENT_NAMES)
    if client is None:
        return None, keep
    when = [heading for name in KEPT_NAMES if (heading := _named(given.headings, (name,))) is not None]
    kept = list(dict.fromkeys([*keep, *when]))
    seen.append(f"clients are told apart by the column {told(client)}" + (f", their rows by {', '.join(map(told, kept))}" if kept else ""))
    return client, kept


def _items_of(instrument: Instrument, given: GivenTable, client: str | None, keep: list[str]) -> dict[str, str]:
    from andante.measures.answers import match_columns

    return match_columns(instrument, [heading for heading in given.headings if heading not in {client, *keep}])


def _resources(path: Path) -> list[dict[str, Any]]:
    """QuestionnaireResponses: one, a list of them, a Bundle, or one a line."""
    from andante.measures.resources import child, objects, parse_json

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            [Problem(str(path), None, None, f"cannot be read ({error.strerror})", remedy="check its name and folder")]
        ) from None
    lines = [line for line in content.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()]
    each = lines if path.suffix.lower() == ".ndjson" else [content]
    found: list[dict[str, Any]] = []
    for text in each:
        for one in objects(parse_json(text, str(path), "QuestionnaireResponse")):
            inside = [child(entry, "resource") for entry in objects(one.get("entry"))] if one.get("resourceType") == "Bundle" else [one]
            found += [r for r in inside if r.get("resourceType") == "QuestionnaireResponse"]
    if not found:
        raise InputError(
            [Problem(str(path), None, None, "holds no QuestionnaireResponse", remedy="give one, a list, a Bundle, or one a line (.ndjson)")]
        )
    return found


def _read_long(
    given: GivenTable, instrument: Instrument, client: str | None, keep: list[str], item: str, answer: str
) -> tuple[dict[str, Any], Scored, list[str]]:
    from andante.measures.answers import check_answers, read_long
    from andante.measures.scoring import score_answers

    if client is None:
        raise UsageError("A long table needs --id COLUMN: whose answers these are.")
    path = given.path
    given.require([client, *keep, item, answer])
    named = {client: given.ids(client), **{name: given.words(name) for name in keep}}
    items, values = given.words(item), given.numbers(answer)
    lines = [given.row(k) for k in range(given.rows)]
    found = read_long(instrument, list(zip(*named.values(), strict=True)), list(items), values, file=str(path), lines=lines)
    notes = given.finish([*found.problems, *check_answers(instrument, found.grid, file=str(path), rows=found.places)])
    keys = {name: [key[place] for key in found.keys] for place, name in enumerate(named)}
    return keys, score_answers(instrument, found.grid), notes


def _read_wide(
    given: GivenTable, instrument: Instrument, client: str | None, keep: list[str], column: list[str]
) -> tuple[dict[str, Any], Scored, list[str]]:
    from andante.measures.answers import check_answers, read_wide
    from andante.measures.scoring import score_answers

    path, named = given.path, _named_items(instrument, column)
    matched = _item_columns(given, instrument, {*keep, *([] if client is None else [client])}, named)
    given.require([*([] if client is None else [client]), *keep, *named.values()])
    keys: dict[str, Any] = {} if client is None else {client: list(given.ids(client))}
    keys |= {name: list(given.words(name)) for name in keep}
    grid = read_wide(instrument, {name: given.numbers(heading) for name, heading in matched.items()})
    rows = [given.row(k) for k in range(len(grid))]
    notes = given.finish(check_answers(instrument, grid, file=str(path), rows=rows, columns=matched))
    absent = [one.id for one in instrument.items if one.id not in matched]
    if absent:
        notes = [*notes, f"no column for item {', '.join(absent)}: read as not answered"]
    return keys or {"row": rows}, score_answers(instrument, grid), notes


def _named_items(instrument: Instrument, column: list[str]) -> dict[str, str]:
    """What --column says: the column of each of these items."""
    each = [(text.split("=", 1)[0], text.split("=", 1)[1]) for text in column if "=" in text]
    if len(each) < len(column):
        raise UsageError("--column is written ITEM=COLUMN, for example --column 9=thoughts.")
    for what, given_twice in (("item", [name for name, _ in each]), ("column", [heading for _, heading in each])):
        if twice := sorted({one for one in given_twice if given_twice.count(one) > 1}):
            raise UsageError(f"--column names {what} {', '.join(twice)} more than once. To mend it: one column for each item.")
    unknown = {name for name, _ in each} - {one.id for one in instrument.items}
    if unknown:
        raise UsageError(
            f"{instrument.title} has no item {', '.join(sorted(unknown))}: `andante measures show {instrument.id}` lists its items."
        )
    return dict(each)


def _item_columns(given: GivenTable, instrument: Instrument, keys: set[str], named: dict[str, str]) -> dict[str, str]:
    """The column of each item: as named, else by its heading, where that is beyond doubt."""
    from andante.measures.answers import counted_from_zero, matching_columns

    path = given.path
    looks = matching_columns(instrument, [h for h in given.headings if h not in keys | set(named.values())])
    unnamed = {one.id for one in instrument.items} - set(named)
    if unnamed and (zero := counted_from_zero(instrument, given.headings)) is not None and zero not in named.values():
        raise UsageError(
            f"{path} has a column {told(zero)}, and {instrument.title} no item 0: its items are counted from 0 there, or it is something "
            "else. To mend it: name each item's column, --column ITEM=COLUMN."
        )
    if several := {item: headings for item, headings in looks.items() if len(headings) > 1 and item not in named}:
        which = "; ".join(f"item {item}: {', '.join(map(told, headings))}" for item, headings in several.items())
        raise UsageError(
            f"{path} has more than one column for an item of {instrument.title} ({which}). To mend it: name one, --column ITEM=COLUMN."
        )
    matched = {item: headings[0] for item, headings in looks.items()} | named
    if not matched:
        raise UsageError(
            f"No column of {path} looks like an item of {instrument.title}. To mend it: name them {instrument.id}_1, ..., or use --column "
            "(one column an item), or --item and --answer (one row an answer)."
        )
    return matched


def describe(scored: Scored) -> list[str]:
    """What was filled in and what could not be scored, and by which rule."""
    import numpy as np

    from andante.intake.findings import count_of

    total, rule = scored.instrument.total, scored.instrument.missing
    filled = int(np.sum(scored.filled[total.column] > 0))
    lost = int(np.sum(np.isnan(scored.scores[total.column])))
    notes = []
    if filled:
        notes.append(f"{count_of(filled, 'row')} had missing answers filled with the person's own mean of the others ({rule['source']})")
    if lost:
        notes.append(f"{count_of(lost, 'row')} without a total: more than {total.most_missing} answers are missing ({rule['source']})")
    return notes


def _joined(keys: dict[str, Any], scored: Scored) -> pa.Table:
    import pyarrow as pa

    table = scored.table()
    head = pa.table({name: pa.array(values) for name, values in keys.items()})
    for name in table.column_names:
        head = head.append_column(name, table[name])
    return head
