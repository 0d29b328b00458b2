// Executes templates with Go's text/template, and docker's functions. Each line of standard input is a document with a
// template and data; each line of standard output is the text, or whether reading or executing the template failed.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"text/template"
)

type health struct {
	Test []string
}

type config struct {
	Name   string
	Size   int
	Labels map[string]string
	Tags   []string
	Extra  any
	Health *health
}

type task struct {
	Template string
	Data     any
	Strict   bool
}

type result struct {
	Output string `json:"output"`
	Error  string `json:"error"`
}

var functions = template.FuncMap{
	"json": func(v any) (string, error) {
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(v)
		return strings.TrimSpace(out.String()), err
	},
	"split": strings.Split,
	"join":  strings.Join,
	"title": strings.Title,
	"lower": strings.ToLower,
	"upper": strings.ToUpper,
	"pad": func(source string, before, after int) string {
		if source == "" {
			return source
		}
		return strings.Repeat(" ", before) + source + strings.Repeat(" ", after)
	},
	"truncate": func(source string, length int) string {
		if len(source) < length {
			return source
		}
		return source[:length]
	},
}

// value makes Go's value of tagged JSON: an array of a type and its parts. Slices have no room for more items.
func value(data any) any {
	parts := data.([]any)
	switch parts[0].(string) {
	case "nil":
		return nil
	case "bool", "string", "float":
		return parts[1]
	case "int":
		return int(parts[1].(float64))
	case "list":
		list := make([]any, 0, len(parts)-1)
		for _, part := range parts[1:] {
			list = append(list, value(part))
		}
		return slices.Clip(list)
	case "strings":
		return texts(parts[1:])
	case "nilstrings":
		return []string(nil)
	case "map":
		entries := map[string]any{}
		for key, part := range parts[1].(map[string]any) {
			entries[key] = value(part)
		}
		return entries
	case "labels":
		return labels(parts[1].(map[string]any))
	case "config":
		made := config{
			Name:   parts[1].(string),
			Size:   int(parts[2].(float64)),
			Labels: labels(parts[3].(map[string]any)),
			Tags:   texts(parts[4].([]any)),
			Extra:  value(parts[5]),
		}
		return made
	}
	panic("unknown type")
}

func texts(parts []any) []string {
	list := make([]string, 0, len(parts))
	for _, part := range parts {
		list = append(list, part.(string))
	}
	return slices.Clip(list)
}

func labels(parts map[string]any) map[string]string {
	entries := map[string]string{}
	for key, part := range parts {
		entries[key] = part.(string)
	}
	return entries
}

func execute(work task) result {
	parsed, err := template.New("").Funcs(functions).Parse(work.Template)
	if err != nil {
		return result{Error: "parse: " + err.Error()}
	}
	if work.Strict {
		parsed = parsed.Option("missingkey=error")
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, value(work.Data)); err != nil {
		return result{Error: "execute: " + err.Error()}
	}
	return result{Output: base64.StdEncoding.EncodeToString(out.Bytes())}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		var work task
		if err := json.Unmarshal(lines.Bytes(), &work); err != nil {
			panic(err)
		}
		if err := encoder.Encode(execute(work)); err != nil {
			panic(err)
		}
	}
}
