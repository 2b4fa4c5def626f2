// Goldmark as Gitea sets it, sanitised. Standard input: {"documents": [...]}. Standard output: the pages, as a list.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Inline mathematics between dollars, as code: closed before a blank, a punctuation mark or the end of the line.
type dollars struct{}

func (dollars) Trigger() []byte { return []byte{'$'} }

func (dollars) Parse(parent ast.Node, block text.Reader, context parser.Context) ast.Node {
	line, position := block.PeekLine()
	mark := line[:1]
	if len(line) > 1 && line[1] == '$' {
		mark = line[:2]
	}
	before := block.PrecendingCharacter()
	if before < 128 && (util.IsAlphaNumeric(byte(before)) || strings.ContainsRune(".!?,;:", before)) {
		return nil
	}
	depth := 0
	for end := len(mark); end < len(line); end++ {
		if depth == 0 && bytes.HasPrefix(line[end:], mark) {
			after := line[end+len(mark):]
			if len(after) > 0 && !bytes.ContainsAny(after[:1], ".!?,;:) \n") || end == len(mark) {
				return nil
			}
			node := ast.NewCodeSpan()
			node.SetAttributeString("class", []byte("language-math"))
			start := position.Start - position.Padding
			node.AppendChild(node, ast.NewRawTextSegment(text.NewSegment(start+len(mark), start+end)))
			block.Advance(end + len(mark))
			return node
		}
		switch line[end] {
		case '\\':
			end++
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return nil
}

func main() {
	var request struct{ Documents []string }
	if err := json.NewDecoder(os.Stdin).Decode(&request); err != nil {
		log.Fatal(err)
	}
	converter := goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough, extension.TaskList, extension.DefinitionList, extension.Footnote),
		goldmark.WithParserOptions(parser.WithAttribute(), parser.WithAutoHeadingID(),
			parser.WithInlineParsers(util.Prioritized(dollars{}, 501))),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	policy := bluemonday.UGCPolicy()
	policy.AllowAttrs("class").OnElements("code")
	policy.AllowAttrs("type", "checked", "disabled").OnElements("input")
	pages := make([]string, len(request.Documents))
	for number, document := range request.Documents {
		var page bytes.Buffer
		if err := converter.Convert([]byte(document), &page); err != nil {
			log.Fatal(err)
		}
		pages[number] = policy.Sanitize(page.String())
	}
	if err := json.NewEncoder(os.Stdout).Encode(pages); err != nil {
		log.Fatal(err)
	}
}
