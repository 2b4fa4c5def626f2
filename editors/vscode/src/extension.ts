// Starts the language server of mdtables, in trusted workspaces only, and shows how it is.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, State } from "vscode-languageclient/node";
import { find } from "./find";

const DOCUMENTS = ["markdown", "mdx", "quarto", "rmd"];
const DATA = "**/*.{csv,tsv,yaml,yml,json,jsonl,ndjson,toml,sql}";
const INSTALL = "https://github.com/mdtables/mdtables#readme";

let client: LanguageClient | undefined;
let output: vscode.LogOutputChannel;
let status: vscode.StatusBarItem;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel("mdtables", { log: true });
  status = vscode.window.createStatusBarItem("mdtables", vscode.StatusBarAlignment.Right);
  status.name = "mdtables";
  status.command = "mdtables.showOutput";
  context.subscriptions.push(
    output,
    status,
    vscode.commands.registerCommand("mdtables.restart", restart),
    vscode.commands.registerCommand("mdtables.showOutput", () => {
      output.show();
    }),
    vscode.commands.registerCommand("mdtables.fixDocument", fixDocument),
    vscode.window.onDidChangeActiveTextEditor(showStatus),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("mdtables.path")) {
        await restart();
      }
    }),
  );
  if (vscode.workspace.isTrusted) {
    await start();
  } else {
    show("$(shield) mdtables", "The server does not start in a workspace that is not trusted.");
  }
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}

async function start(): Promise<void> {
  const program = await find(vscode.workspace.workspaceFolders?.[0]);
  output.info(`starting ${program.command} server`);
  const options: LanguageClientOptions = {
    documentSelector: [
      ...DOCUMENTS.map((language) => ({ scheme: "file", language })),
      { scheme: "file", pattern: DATA },
    ],
    outputChannel: output,
    middleware: {
      // what an option can be is offered as soon as its name is written
      provideCompletionItem: async (document, position, context, token, next) => {
        const found = await next(document, position, context, token);
        for (const item of Array.isArray(found) ? found : (found?.items ?? [])) {
          if (item.kind === vscode.CompletionItemKind.Property) {
            item.command = { title: "", command: "editor.action.triggerSuggest" };
          }
        }
        return found;
      },
    },
  };
  const run = { command: program.command, args: [...program.args, "server"] };
  client = new LanguageClient("mdtables", "mdtables", { run, debug: run }, options);
  client.onDidChangeState((event) => {
    if (event.newState === State.Running) {
      const version = client?.initializeResult?.serverInfo?.version ?? "";
      show("$(table) mdtables", `mdtables ${version}\n${program.command}`);
    } else if (event.newState === State.Stopped) {
      show("$(warning) mdtables", "The server is not running.");
    }
  });
  try {
    await client.start();
  } catch (error) {
    show("$(warning) mdtables", "The server did not start.");
    output.error(String(error));
    await explain(program.command);
  }
}

async function explain(command: string): Promise<void> {
  const message = `mdtables did not start: is "${command}" installed? Its path can be set as "mdtables.path".`;
  const choice = await vscode.window.showErrorMessage(message, "How to Install", "Settings", "Output");
  if (choice === "How to Install") {
    await vscode.env.openExternal(vscode.Uri.parse(INSTALL));
  } else if (choice === "Settings") {
    await vscode.commands.executeCommand("workbench.action.openSettings", "mdtables.path");
  } else if (choice === "Output") {
    output.show();
  }
}

async function restart(): Promise<void> {
  await client?.dispose().catch(() => undefined); // one that did not start cannot be stopped
  client = undefined;
  if (vscode.workspace.isTrusted) {
    await start();
  }
}

async function fixDocument(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor !== undefined) {
    await vscode.commands.executeCommand("mdtables.regenerateAll", editor.document.uri.toString(), 0);
  }
}

function show(text: string, tooltip: string): void {
  status.text = text;
  status.tooltip = tooltip;
  showStatus(vscode.window.activeTextEditor);
}

function showStatus(editor: vscode.TextEditor | undefined): void {
  if (editor !== undefined && DOCUMENTS.includes(editor.document.languageId)) {
    status.show();
  } else {
    status.hide();
  }
}
