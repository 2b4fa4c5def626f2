/* Makes the tables that the mdtables plugin marked sortable: a button in each header, and the table's own rows. */
(() => {
  "use strict";

  const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s?%?$/i;
  const ISO_DATE = /^\d{4}-\d\d?(-\d\d?)?([T ]\d\d?:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
  const WRITTEN_DATE = /^(\d{1,2}\.? )?[A-Za-z]{3,9}\.? (\d{1,2}, ?)?\d{4}$/; // 20 May 2021, May 20, 2021, May 2021
  const MONTH = /jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec/i;
  const MISSING = /^[-\u2010-\u2015\u2212]*$/; // nothing, or a dash of some kind

  /* What a value is sorted by: numbers come before dates, and those before text. */
  function key(text) {
    if (NUMBER.test(text)) return { kind: 0, value: parseFloat(text) };
    if (ISO_DATE.test(text) || (WRITTEN_DATE.test(text) && MONTH.test(text))) {
      const time = Date.parse(text.replace(".", ""));
      if (!Number.isNaN(time)) return { kind: 1, value: time };
    }
    return { kind: 2, value: text };
  }

  function textOf(row, column) {
    const cell = row.cells[column];
    return cell ? cell.textContent.trim() : "";
  }

  /* The rows in order; what is missing comes last, whichever way they go. */
  function sorted(rows, column, descending) {
    const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true });
    const isMissing = (row) => MISSING.test(textOf(row, column));
    const keyed = rows.filter((row) => !isMissing(row)).map((row) => ({ row, ...key(textOf(row, column)) }));
    const sign = descending ? -1 : 1;
    keyed.sort((a, b) => {
      if (a.kind !== b.kind) return sign * (a.kind - b.kind);
      return sign * (a.kind === 2 ? collator.compare(a.value, b.value) : a.value - b.value);
    });
    return keyed.map((each) => each.row).concat(rows.filter(isMissing));
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
