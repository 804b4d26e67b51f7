package option

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// tables are the definitions that a server knows before it reads any
// option-def. Where the ARM's tables and the definitions at work in Kea differ,
// they follow the latter, for those are what is on the wire; the column source
// says so.
//
//go:embed options4.csv options6.csv
var tables embed.FS

// Standard4 returns the built-in DHCPv4 definitions, sub-option spaces
// included.
func Standard4() *Definitions { return standard4() }

// Standard6 returns the built-in DHCPv6 definitions, sub-option spaces
// included.
func Standard6() *Definitions { return standard6() }

var (
	standard4 = sync.OnceValue(func() *Definitions { return mustReadTable("options4.csv", false) })
	standard6 = sync.OnceValue(func() *Definitions { return mustReadTable("options6.csv", true) })
)

// mustReadTable panics when the table is broken: it is part of the program.
func mustReadTable(file string, v6 bool) *Definitions {
	f, err := tables.Open(file)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("%s: %v", file, err))
	}
	set := newDefinitions(nil, v6)
	for _, row := range rows[1:] {
		def, err := parseRow(row)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", file, err))
		}
		def.V6 = v6
		set.add(def)
	}
	return set
}

// The columns of the tables; two more, configurable and source, are for readers.
const (
	colSpace = iota
	colCode
	colName
	colType
	colArray
	colFields
	colEncapsulates
)

func parseRow(row []string) (*Definition, error) {
	code, err := strconv.ParseUint(row[colCode], 10, 16)
	if err != nil {
		return nil, err
	}
	def := &Definition{
		Space:        row[colSpace],
		Code:         uint32(code),
		Name:         row[colName],
		Array:        row[colArray] == "true",
		Encapsulates: row[colEncapsulates],
	}
	var ok bool
	if def.Type, ok = typeByName(row[colType]); !ok {
		return nil, fmt.Errorf("option %s: unknown type %q", def.Name, row[colType])
	}
	for _, name := range strings.Fields(row[colFields]) {
		t, ok := typeByName(name)
		if !ok {
			return nil, fmt.Errorf("option %s: unknown field type %q", def.Name, name)
		}
		def.Fields = append(def.Fields, t)
	}
	return def, nil
}
