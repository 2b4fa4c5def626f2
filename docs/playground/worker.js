// CPython with mdtables, in a thread of its own: {document, files} -> {document, html, problems}, or the options.
import { loadPyodide } from "./runtime/pyodide.mjs";

const PROGRAM = `
import json, os, re, shutil
import mistune
from mdtables.commands.session import start
from mdtables.model.options import SPECS
from mdtables.report.report import Report
from mdtables.report.text import as_text

FOLDER = "/project"
to_html = mistune.create_markdown(escape=True, plugins=["table", "strikethrough", "task_lists"])

def run(text):
    given = json.loads(text)
    os.chdir("/")
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    os.chdir(FOLDER)
    open("mdtables.toml", "w").close()
    for name, content in given["files"].items():
        path = os.path.normpath(os.path.join(FOLDER, name))
        if path.startswith(FOLDER + "/"):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(content)
    outcome = start(FOLDER).check("README.md", given["document"].encode())
    problems = "\\n".join(as_text(found) for found in Report([outcome], 1).diagnostics)
    new = outcome.new or given["document"]
    return json.dumps({"document": new, "html": to_html(re.sub("<!--.*?-->", "", new, flags=re.S)), "problems": problems})

def options():
    return json.dumps([[name, spec.summary, spec.default] for name, spec in SPECS.items()])
`;

const base = new URL("./runtime/", self.location.href).href;
const ready = (async () => {
  const python = await loadPyodide({ indexURL: base });
  const packages = await (await fetch(`${base}packages.zip`)).arrayBuffer();
  python.unpackArchive(packages, "zip", { extractDir: "/packages" });
  python.runPython(`import sys; sys.path.insert(0, "/packages")`);
  python.runPython(PROGRAM);
  return { run: python.globals.get("run"), options: python.globals.get("options") };
})();

self.onmessage = async (event) => {
  try {
    const { run, options } = await ready;
    const result = event.data.kind === "options" ? options() : run(JSON.stringify(event.data.given));
    self.postMessage({ kind: event.data.kind, number: event.data.number, result: JSON.parse(result) });
  } catch (error) {
    self.postMessage({ kind: "failed", number: event.data.number, result: String(error) });
  }
};
