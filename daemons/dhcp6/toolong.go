package dhcp6

import (
	"nestor/lib/option"
	"nestor/lib/pkt6"
	"nestor/lib/server"
)

// reportTooLong names the largest options of an answer that a link does not take,
// once a client and minute.
func (x *exchange) reportTooLong() {
	if !x.srv.tooLong.Due(x.query.Option(pkt6.OptClientID), x.now) {
		return
	}
	var options []server.SizedOption
	x.reply.Codes(func(code uint16, content []byte) {
		options = append(options, server.SizedOption{Code: uint32(code), Size: len(content)})
	})
	largest := server.LargestOptions(x.snap.cfg.Definitions, option.Space6, options)
	x.srv.log.packets.Log(msgReplyTooLong, x.label(), len(x.out), largest)
}
