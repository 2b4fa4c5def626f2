/* Makes the tables that the mdtables plugin marked sortable: a button in each header, and the table's own rows. */
(() => {
  "use strict";

  const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s?%?$/i;
  const ISO_DATE = /^\d{4}-\d\d?(-\d\d?)?([T ]\d\d?:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
  const WRITTEN_DATE = /^(\d{1,2}\.? )?[A-Za-z]{3,9}\.? (\d{1,2}, ?)?\d{4}$/; // 20 May 2021, May 20, 2021, May 2021
  const MONTHS = /jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec/i;

  function asNumber(text) {
    return NUMBER.test(text) ? parseFloat(text) : NaN;
  }

  function asDate(text) {
    const isDate = ISO_DATE.test(text) || (WRITTEN_DATE.test(text) && MONTHS.test(text));
    return isDate ? Date.parse(text.replace(".", "")) : NaN;
  }

  /* How the values of a column compare: as numbers or as dates if all are, else as text. */
  function reading(values) {
    for (const read of [asNumber, asDate]) {
      if (values.every((value) => !Number.isNaN(read(value)))) {
        return (a, b) => read(a) - read(b);
      }
    }
    const language = document.documentElement.lang || undefined;
    return new Intl.Collator(language, { numeric: true }).compare;
  }

  function textOf(row, column) {
    const cell = row.cells[column];
    return cell ? cell.textContent.trim() : "";
  }

  /* The rows in order; what is empty comes last, whichever way they go. */
  function sorted(rows, column, descending) {
    const filled = rows.filter((row) => textOf(row, column) !== "");
    const empty = rows.filter((row) => textOf(row, column) === "");
    const compare = reading(filled.map((row) => textOf(row, column)));
    const sign = descending ? -1 : 1;
    filled.sort((a, b) => sign * compare(textOf(a, column), textOf(b, column)));
    return filled.concat(empty);
  }

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
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const before = header.getAttribute("aria-sort");
        const after = before === "ascending" ? "descending" : before === "descending" ? null : "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        if (after) header.setAttribute("aria-sort", after);
        body.append(...(after ? sorted(original, column, after === "descending") : original));
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
