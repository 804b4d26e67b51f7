package manual_test

import (
	"regexp"
	"strings"

	"nestor/lib/element"
)

// An example stands for more than it prints: dots for what is left out, words for
// values of one's own, and a part for the configuration that it belongs to.

var (
	lineNumber  = regexp.MustCompile(`(?m)^ ?([0-9]+)( |$)`)
	comment     = regexp.MustCompile(`(?m)^\s*(#|//).*$`)
	dots        = regexp.MustCompile(`,?\s*(#[ \t]*)?\.\.\.[ \t]*,?`)
	noElement   = regexp.MustCompile(`([\[{,]\s*),`)
	anyNumber   = regexp.MustCompile(`(:\s*)(number-of-[a-z]+|[a-z]+-in-seconds)`)
	anyLink     = regexp.MustCompile(`"interface"(\s*):(\s*)"[^"]+"`)
	withoutMap  = regexp.MustCompile(`^\s*"`)
	misspelling = strings.NewReplacer(`"DHcp4"`, `"Dhcp4"`, `"DHcp6"`, `"Dhcp6"`)
)

// complete makes a file of an example, if its text is one of JSON: of the server's
// unless it says which. With linked, what is on an interface is put on one that this
// machine has.
func complete(text, server string, linked bool) (file string, ok bool) {
	if strings.Contains(text, "\n2 ") {
		text = lineNumber.ReplaceAllString(text, "")
	}
	text = misspelling.Replace(text)
	text = dots.ReplaceAllString(text, ",")
	text = noElement.ReplaceAllString(text, "$1")
	text = anyNumber.ReplaceAllString(text, "${1}1")
	if linked {
		text = anyLink.ReplaceAllString(text, `"interface"$1:$2"lo"`)
	}
	if withoutMap.MatchString(comment.ReplaceAllString(text, "")) {
		text = "{" + text + "}"
	}
	v, _, err := element.ParseText("example", []byte(text), element.FileOptions{})
	if err != nil {
		return "", false
	}
	return inScope(text, server, v), true
}

// inScope puts a part of a configuration where it belongs.
func inScope(text, server string, v *element.Value) string {
	if v.Get("Dhcp4") != nil || v.Get("Dhcp6") != nil || v.Get("Control-agent") != nil {
		return text
	}
	switch {
	case v.Get("data") != nil:
		text = `{ "option-data": [` + text + `] }`
	case v.Get("test") != nil:
		text = strings.Replace(text, "{", `{ "client-classes": [ { "name": "a",`, 1) + "] }"
	}
	return `{ "` + server + `": ` + text + " }"
}
