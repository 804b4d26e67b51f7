package config

// form is how a text has to be written, as far as a pattern can tell. The
// decoders read it exactly; a form is for those who see only the tables.
type form struct {
	format  string // of JSON Schema
	pattern string // in the common part of Go's and ECMA's regular expressions
	// orEmpty: "" is good too.
	orEmpty bool
}

const (
	octet   = `(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
	dotted  = octet + `(\.` + octet + `){3}`
	length4 = `([0-2]?[0-9]|3[0-2])`
	colons  = `[0-9A-Fa-f]*:[0-9A-Fa-f:]*(:` + dotted + `)?`
	length6 = `([0-9]{1,2}|1[01][0-9]|12[0-8])`
	blanks  = `[ \t]*`
	hexText = `(0[xX])?[0-9A-Fa-f]+([: \t]+[0-9A-Fa-f]+)*`
	quoted  = `'[^']*[^' ][^']*'`
)

var (
	formIPv4       = &form{format: "ipv4"}
	formServer     = &form{format: "ipv4", orEmpty: true}
	formAddress    = &form{pattern: `^(` + dotted + `|` + colons + `)$`}
	formSender     = &form{pattern: formAddress.pattern, orEmpty: true}
	formSubnet4    = &form{pattern: `^` + blanks + dotted + blanks + `/` + blanks + length4 + blanks + `$`}
	formPool4      = &form{pattern: `^` + blanks + dotted + blanks + `(-` + blanks + dotted + `|/` + blanks + length4 + `)` + blanks + `$`}
	formIPv6       = &form{format: "ipv6"}
	formSubnet6    = &form{pattern: `^` + blanks + colons + blanks + `/` + blanks + length6 + blanks + `$`}
	formPool6      = &form{pattern: `^` + blanks + colons + blanks + `(-` + blanks + colons + `|/` + blanks + length6 + `)` + blanks + `$`}
	formPrefix6    = &form{pattern: `^` + colons + `/` + length6 + `$`}
	formExcluded   = &form{pattern: formPrefix6.pattern, orEmpty: true}
	formHex        = &form{pattern: `^([0-9A-Fa-f]{2})*$`}
	formIdentifier = &form{pattern: `^(` + hexText + `|` + quoted + `)$`}
)

// like says what form a text, or each text of a list, has.
func (k keyword) like(f *form) keyword { k.form = f; return k }
