package element

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

var errNoNumber = errors.New("not a number")

// readNumber reads word as an Int or a Real, whose value is n or f. Where it is too
// large for one, err is strconv's; where it is neither, err is errNoNumber and kind
// Null.
func readNumber(word []byte) (kind Kind, n int64, f float64, err error) {
	kind, ok := numberKind(word)
	switch {
	case !ok:
		return Null, 0, 0, errNoNumber
	case kind == Real:
		f, err = strconv.ParseFloat(string(word), 64)
	default:
		n, err = strconv.ParseInt(string(word), 10, 64)
	}
	return kind, n, f, err
}

// numberKind says whether word is an integer or a real number in one of the
// forms that Kea reads: a sign, digits before or behind the point or both, an
// exponent.
func numberKind(word []byte) (kind Kind, ok bool) {
	i := 0
	if i < len(word) && (word[i] == '-' || word[i] == '+') {
		i++
	}
	digits := func() int {
		start := i
		for i < len(word) && isDigit(word[i]) {
			i++
		}
		return i - start
	}
	kind = Int
	n := digits()
	if i < len(word) && word[i] == '.' {
		i++
		kind = Real
		n += digits()
	}
	if n > 0 && i < len(word) && (word[i] == 'e' || word[i] == 'E') {
		i++
		kind = Real
		if i < len(word) && (word[i] == '-' || word[i] == '+') {
			i++
		}
		if digits() == 0 {
			return Real, false
		}
	}
	return kind, n > 0 && i == len(word)
}

// bigInt gives the decimal digits of an integer in their shortest form.
func bigInt(word []byte) string {
	n, ok := new(big.Int).SetString(strings.TrimPrefix(string(word), "+"), 10)
	if !ok {
		panic(fmt.Sprintf("element: %q passed for an integer", word))
	}
	return n.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
