package config

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"nestor/lib/element"
)

// What config-get renders shares its unchanging leaves: who wants to change a
// rendered configuration clones it first.

var (
	shownTrue  = element.NewBool(true)
	shownFalse = element.NewBool(false)
	shownEmpty = element.NewString("")
	shownNone  = element.NewList()
	shownZero  = element.NewString("0.0.0.0")
)

func shownBool(b bool) *element.Value {
	if b {
		return shownTrue
	}
	return shownFalse
}

func shownText(s string) *element.Value {
	switch s {
	case "":
		return shownEmpty
	case "0.0.0.0":
		return shownZero
	}
	return element.NewString(s)
}

func shownUint(n uint32) *element.Value { return element.NewInt(int64(n)) }

func stringList(texts []string) *element.Value {
	v := element.NewList()
	for _, t := range texts {
		v.Append(element.NewString(t))
	}
	return v
}

// show adds the user-context.
func (m *Meta) show(v *element.Value) {
	if m.UserContext != nil {
		v.Add("user-context", m.UserContext)
	}
}

// listOfElements renders each of items.
func listOfElements[T any](items []T, render func(T) *element.Value) *element.Value {
	v := element.NewList()
	v.List = make([]*element.Value, len(items))
	if len(items) < manyItems {
		for i, item := range items {
			v.List[i] = render(item)
		}
		return v
	}
	// Subnets and reservations by the ten thousand keep a reload waiting: each
	// processor renders its share.
	var work sync.WaitGroup
	share := (len(items) + runtime.NumCPU() - 1) / runtime.NumCPU()
	for from := 0; from < len(items); from += share {
		work.Go(func() {
			for i := from; i < min(from+share, len(items)); i++ {
				v.List[i] = render(items[i])
			}
		})
	}
	work.Wait()
	return v
}

// manyItems is from how many items on a list is rendered in shares.
const manyItems = 1024

// inOrder sorts the members of a rendered map. Printing would do it too, but on a
// copy; maps of which there are many are sorted once.
func inOrder(v *element.Value) *element.Value {
	slices.SortFunc(v.Members, func(a, b element.Member) int { return strings.Compare(a.Key, b.Key) })
	return v
}
