// Where the program `mdtables` is: a setting, an environment of the workspace, the interpreter of the Python extension, the PATH.

import { existsSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

export interface Program {
  command: string;
  args: string[];
}

const BIN = process.platform === "win32" ? "Scripts" : "bin";
const SUFFIX = process.platform === "win32" ? ".exe" : "";

interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

export async function find(folder: vscode.WorkspaceFolder | undefined): Promise<Program> {
  const configured = vscode.workspace.getConfiguration("mdtables", folder).get<string>("path", "").trim();
  if (configured !== "") {
    return { command: expanded(configured, folder), args: [] };
  }
  for (const name of folder === undefined ? [] : [".venv", "venv"]) {
    const candidate = path.join(folder?.uri.fsPath ?? "", name, BIN, `mdtables${SUFFIX}`);
    if (existsSync(candidate)) {
      return { command: candidate, args: [] };
    }
  }
  const python = await interpreter(folder);
  if (python !== undefined) {
    const candidate = path.join(path.dirname(python), `mdtables${SUFFIX}`);
    if (existsSync(candidate)) {
      return { command: candidate, args: [] };
    }
  }
  return { command: "mdtables", args: [] };
}

function expanded(configured: string, folder: vscode.WorkspaceFolder | undefined): string {
  return configured.replace("${workspaceFolder}", folder?.uri.fsPath ?? "").replace(/^~(?=[/\\])/, process.env.HOME ?? "~");
}

async function interpreter(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (extension === undefined) {
    return undefined;
  }
  try {
    const api = extension.isActive ? extension.exports : await extension.activate();
    const active = api.environments.getActiveEnvironmentPath(folder?.uri);
    return (await api.environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  } catch {
    return undefined; // another version of that extension: the PATH is asked
  }
}
