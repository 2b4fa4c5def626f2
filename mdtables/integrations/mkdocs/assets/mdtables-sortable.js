/* Makes the tables that the mdtables plugin marked sortable: a button in each header, and the table's own rows. */
(() => {
  "use strict";

  /* A sign, a currency, digits with or without separators of thousands, an exponent, a unit or per cent. */
  const NUMBER = /^([+\-\u2212]?)\s?[$\u20ac\u00a3\u00a5\u20b9]?\s?([+\-\u2212]?)(?!0x)(\d{1,3}(?:[,'\u2019\u00a0\u202f]\d{3})+(?:\.\d*)?|\d+(?:[.,]\d*)?|[.,]\d+)(e[+-]?\d+)?\s?(?:[%\u2030\u20ac]|[a-zA-Z\u00b5\u00b0]{1,4}(?:\/[a-zA-Z]+)?)?$/i;
  const GROUPED = /^\d{1,3}([,'\u2019\u00a0\u202f]\d{3})+(\.|$)/;
  const ISO_DATE = /^\d{4}-\d\d?(-\d\d?)?([T ]\d\d?:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
  const DOTTED_DATE = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/; // 20.05.2021; 05/20/2021 could be either way round
  const WRITTEN_DATE = /^(\d{1,2}\.? )?[A-Za-z]{3,9}\.? (\d{1,2}, ?)?\d{4}$/; // 20 May 2021, May 20, 2021, May 2021
  const MONTH = /jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec/i;
  const VERSION = /^v?\d+(\.\d+){2,}/i; // in a column with one, 1.10 is a version too, and no decimal
  const MISSING = /^[-\u2010-\u2015\u2212]*$/; // nothing, or a dash of some kind

  function numberIn(text) {
    const found = NUMBER.exec(text);
    if (!found) return NaN;
    const digits = GROUPED.test(found[3]) ? found[3].replace(/[^\d.]/g, "") : found[3].replace(",", ".");
    const value = parseFloat(digits + (found[4] || ""));
    return /[-\u2212]/.test(found[1] + found[2]) ? -value : value;
  }

  function timeIn(text) {
    const dotted = DOTTED_DATE.exec(text);
    if (dotted) return Date.UTC(dotted[3], dotted[2] - 1, dotted[1]);
    const isDate = ISO_DATE.test(text) || (WRITTEN_DATE.test(text) && MONTH.test(text));
    return isDate ? Date.parse(text.replace(".", "")) : NaN;
  }

  /* What a value is sorted by: numbers come before dates, and those before text. */
  function key(text, hasVersions) {
    if (hasVersions) return { kind: 2, value: text };
    for (const [kind, read] of [timeIn, numberIn].entries()) {
      const value = read(text);
      if (!Number.isNaN(value)) return { kind: 1 - kind, value };
    }
    return { kind: 2, value: text };
  }

  /* The text of a cell: an image has its alternative text, and the number of a footnote is not part of the value. */
  function textOf(row, column) {
    const cell = row.cells[column] ? row.cells[column].cloneNode(true) : null;
    if (!cell) return "";
    cell.querySelectorAll("sup[id^=fnref]").forEach((note) => note.remove());
    cell.querySelectorAll("img").forEach((image) => image.replaceWith(image.alt));
    return cell.textContent.trim();
  }

  /* The rows in order; what is missing comes last, whichever way they go. */
  function sorted(rows, column, descending) {
    const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true });
    const isMissing = (row) => MISSING.test(textOf(row, column));
    const present = rows.filter((row) => !isMissing(row));
    const isVersion = (text) => VERSION.test(text) && !DOTTED_DATE.test(text);
    const hasVersions = present.some((row) => isVersion(textOf(row, column)));
    const keyed = present.map((row) => ({ row, ...key(textOf(row, column), hasVersions) }));
    const sign = descending ? -1 : 1;
    keyed.sort((a, b) => {
      if (a.kind !== b.kind) return sign * (a.kind - b.kind);
      return sign * (a.kind === 2 ? collator.compare(a.value, b.value) : a.value - b.value);
    });
    return keyed.map((each) => each.row).concat(rows.filter(isMissing));
  }

  /* What screen readers announce after a click. */
  const status = document.createElement("div");
  status.className = "mdtables-status";
  status.lang = "en";
  status.setAttribute("role", "status");

  function enhance(table) {
    const head = table.tHead && table.tHead.rows[0];
    const body = table.tBodies[0];
    if (!head || !body || body.rows.length < 2 || table.dataset.mdtablesSortable === "on") return;
    table.dataset.mdtablesSortable = "on";
    const original = Array.from(body.rows);
    const headers = Array.from(head.cells);

    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "mdtables-sort";
      const label = textOf(head, column);
      if (!label || header.querySelector("a, button, input, select, summary")) {
        button.setAttribute("aria-label", `Sort by ${label || `column ${column + 1}`}`);
      } else {
        button.append(...header.childNodes);
      }
      header.append(button);
      button.addEventListener("click", () => {
        const before = header.getAttribute("aria-sort");
        const after = before === "ascending" ? "descending" : before === "descending" ? null : "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        if (after) header.setAttribute("aria-sort", after);
        body.append(...(after ? sorted(original, column, after === "descending") : original));
        if (!status.isConnected) document.body.append(status);
        status.textContent = after ? `sorted by ${label || `column ${column + 1}`}, ${after}` : "in the original order";
      });
    });
  }

  function enhanceAll() {
    document.querySelectorAll("table[data-mdtables-sortable]").forEach(enhance);
  }

  /* Material's instant navigation changes pages without loading one. */
  if (window.document$ && typeof window.document$.subscribe === "function") {
    window.document$.subscribe(enhanceAll);
  } else if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", enhanceAll);
  } else {
    enhanceAll();
  }
})();
