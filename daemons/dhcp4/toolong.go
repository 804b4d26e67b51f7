package dhcp4

import (
	"fmt"
	"slices"
	"strings"
)

// reportTooLong names the largest options of an answer that a link does not take,
// once a client and minute.
func (x *exchange) reportTooLong() {
	if !x.srv.tooLong.Due(x.hw, x.now) {
		return
	}
	type sized struct {
		code byte
		size int
	}
	var options []sized
	x.reply.Codes(func(code byte, content []byte) { options = append(options, sized{code, len(content)}) })
	slices.SortStableFunc(options, func(a, b sized) int { return b.size - a.size })
	var names []string
	for _, o := range options[:min(len(options), 5)] {
		name := fmt.Sprint(o.code)
		if d := x.snap.cfg.Definitions.ByCode("dhcp4", uint32(o.code)); d != nil {
			name = fmt.Sprintf("%s (%d)", d.Name, o.code)
		}
		names = append(names, fmt.Sprintf("%s: %d bytes", name, o.size))
	}
	x.srv.log.packets.Log(msgReplyTooLong, x.label(), len(x.out), strings.Join(names, ", "))
}
