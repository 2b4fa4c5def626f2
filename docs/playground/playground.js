// The page of the playground: what is written goes to the worker, what comes back is shown. Nothing is loaded before "Start".
"use strict";

(() => {
  const START = "<!-- TABLE_GENERATE_START";
  const END = "<!-- TABLE_GENERATE_END -->";
  const TOOLS =
    "name,category,stars,url\nRuff,lint,31000,https://example.com/ruff\nESLint,lint,24000,https://example.com/eslint\n" +
    "Black,format,39000,https://example.com/black\nPrettier,format,48000,https://example.com/prettier\n";
  const EXAMPLES = {
    "sorted, with links": [
      `${START} source="tools.csv" sort="-stars"\n     columns="[{name}]({url}) as Tool, {stars:,} as Stars" -->\n${END}\n`, "tools.csv", TOOLS],
    "in groups": [`# Tools\n\n${START} source="tools.csv" group="category" columns="name, stars" -->\n${END}\n`, "tools.csv", TOOLS],
    "a query": [
      `${START} source="tools.csv"\n     query="SELECT category, count(*) AS tools, max(stars) AS most FROM tools GROUP BY category ORDER BY category" -->\n${END}\n`,
      "tools.csv", TOOLS],
    "from JSON": [
      `${START} source="package.json#scripts" columns="key as Command, value as 'What it runs'" -->\n${END}\n`, "package.json",
      '{"name": "x", "scripts": {"build": "tsc -p .", "test": "jest --ci"}}\n'],
    "only aligned": [`${START} -->\n|a|what|\n|-|-|\n|1|one|\n|22|twenty-two|\n${END}\n`, "", ""],
  };

  let worker = null;
  let number = 0;
  let timer = 0;
  const at = (name) => document.getElementById(`playground-${name}`);

  function show(example) {
    [at("document").value, at("name").value, at("data").value] = EXAMPLES[example];
    ask();
  }

  function ask() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      number += 1;
      const name = at("name").value.trim();
      const files = name === "" ? {} : { [name]: at("data").value };
      worker?.postMessage({ kind: "run", number, given: { document: at("document").value, files } });
    }, 150);
  }

  function answered(event) {
    const { kind, number: of, result } = event.data;
    if (kind === "options") {
      const list = at("options").querySelector("dl");
      for (const [name, summary, standard] of result) {
        const term = document.createElement("dt");
        const meaning = document.createElement("dd");
        term.textContent = name;
        meaning.textContent = `${summary}. Default: ${standard}.`.replaceAll("`", "");
        list.append(term, meaning);
      }
      at("options").hidden = false;
    } else if (kind === "failed") {
      at("state").textContent = `It failed: ${result}`;
    } else if (of === number) {
      at("state").textContent = "";
      at("new").textContent = result.document;
      at("html").innerHTML = result.html; // mistune escapes HTML, and the page has no other visitor than its writer
      at("problems").textContent = result.problems;
    }
  }

  async function copy() {
    const name = at("name").value.trim();
    const data = name === "" ? "" : `\n==> ${name} <==\n${at("data").value}`;
    await navigator.clipboard.writeText(`==> README.md <==\n${at("new").textContent}${data}`);
    at("state").textContent = "Copied.";
  }

  function begin() {
    at("start").disabled = true;
    at("state").textContent = "Loading …";
    worker?.terminate();
    worker = new Worker(new URL("worker.js", SCRIPT), { type: "module" });
    worker.onmessage = answered;
    worker.onerror = () => { at("state").textContent = "The program is not on this site: see docs/playground/build."; };
    at("panes").hidden = false;
    worker.postMessage({ kind: "options" });
    show(Object.keys(EXAMPLES)[0]);
  }

  function prepare() {
    if (at("start") === null || at("start").dataset.ready) {
      return;
    }
    at("start").dataset.ready = "true";
    at("start").addEventListener("click", begin);
    at("copy").addEventListener("click", copy);
    at("example").append(...Object.keys(EXAMPLES).map((name) => new Option(name)));
    at("example").addEventListener("change", (event) => { show(event.target.value); });
    for (const name of ["document", "name", "data"]) {
      at(name).addEventListener("input", ask);
    }
  }

  const SCRIPT = document.currentScript.src;
  if (typeof document$ === "undefined") {
    document.addEventListener("DOMContentLoaded", prepare);
  } else {
    document$.subscribe(prepare); // of Material, after each page that it loads by itself
  }
})();
