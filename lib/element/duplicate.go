package element

// manyMembers is how many members a map has before looking for a duplicate in
// order costs more than an index.
const manyMembers = 24

// checkUnique reports m when the map whose members begin at mark has its key
// already. It returns the index of the members seen, which it makes for large
// maps only.
func (p *fileParser) checkUnique(mark int, seen map[string]int, m Member, mapKey string) map[string]int {
	members := p.members[mark:]
	if seen == nil && len(members) >= manyMembers {
		seen = make(map[string]int, 4*manyMembers)
		for i := range members {
			seen[members[i].Key] = i
		}
	}
	if previous := find(members, seen, m.Key); previous != nil {
		p.report(Diagnostic{
			Pos: m.KeyPos,
			Text: "duplicate " + m.Key + " entries in " + mapName(mapKey) +
				" map (previous at " + previous.Value.Pos.String() + ")",
			Colons: true,
		})
	}
	if seen != nil {
		seen[m.Key] = len(members)
	}
	return seen
}

func find(members []Member, seen map[string]int, key string) *Member {
	if seen != nil {
		if i, ok := seen[key]; ok {
			return &members[i]
		}
		return nil
	}
	for i := range members {
		if members[i].Key == key {
			return &members[i]
		}
	}
	return nil
}
