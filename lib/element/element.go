// Package element owns Kea's JSON values ("elements"): reading configuration
// files and commands with the position of each value kept, and writing them
// with the spacing and key order that Kea's own printer uses, which the
// configuration hash depends on.
package element

import "fmt"

// Kind says what a Value is.
type Kind uint8

const (
	Null Kind = iota
	Bool
	Int
	Real
	String
	List
	Map
	// BigInt is an integer beyond 64 bits; Str holds its decimal digits. Kea
	// has such numbers in the totals of DHCPv6 subnets (ARM 17).
	BigInt
)

// Pos is where a value was read. Source is the file name, or "<wire>" for a
// command. Line and columns of files count from 1; lines of commands from 0, as
// Kea counts them. The zero Pos belongs to values made by the program.
type Pos struct {
	Source      *string
	Line        int32
	Col, EndCol int32
}

// String gives file:line:column, or "" for a value that was not read.
func (p Pos) String() string {
	if p.Source == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", *p.Source, p.Line, p.Col)
}

// Value is one JSON value. Members of a map keep the order in which they were
// read; printing sorts them.
type Value struct {
	Kind    Kind
	Bool    bool
	Pos     Pos
	Int     int64
	Real    float64
	Str     string
	List    []*Value
	Members []Member
}

// Member is one key of a map.
type Member struct {
	Key    string
	KeyPos Pos
	Value  *Value
}
