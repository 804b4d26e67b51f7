package element

import "slices"

// What the grammar of ARM 29 says of particular keys, as far as it shows in how
// any configuration file is read.

// freeForm are the keys whose values are not the grammar's: any JSON may stand
// there.
var freeForm = []string{"user-context", "parameters"}

// strictCommas are the keys whose maps must not have a superfluous comma.
var strictCommas = []string{"relay"}

// freeKey stands for the key of every map inside a free-form value. Messages call
// those maps so, too.
const freeKey = "JSON"

// mapNames are the maps that messages call by another name than their key.
var mapNames = map[string]string{
	"":                 "toplevel",
	"hosts-databases":  "hosts-database",
	"config-databases": "config-database",
	"output_options":   "output-options",
}

// mapName is what messages call a map that is the value of key, or an element of
// the list that is.
func mapName(key string) string {
	if name, ok := mapNames[key]; ok {
		return name
	}
	return key
}

// scopeKey is the key under which the value of key is read inside the map of
// outer.
func scopeKey(outer, key string) string {
	if outer == freeKey || slices.Contains(freeForm, key) {
		return freeKey
	}
	return key
}
