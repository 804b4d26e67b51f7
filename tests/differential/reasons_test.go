package differential_test

// Reasons for which Nestor may answer otherwise than Debian's Kea 2.2.0, with the
// ids of the facts that say so.
const (
	// Later versions of Kea than 2.2.0.
	newCommands         = "2.2.0 differs from 2.7: D4.48.10 other commands"
	newHash             = "2.2.0 differs from 2.7: D4.48.11 D4.48.12 no hash of the configuration"
	newEnvelope         = "2.2.0 differs from 2.7: PL.4.5 other words for a wrong envelope"
	newState            = "2.2.0 differs from 2.7: PL.5.16 no dhcp-state in status-get"
	newOrigins          = "2.2.0 differs from 2.7: PL.5.8 origins have names only, and no origin-id"
	newPools            = "2.2.0 differs from 2.7: PL.6.9 no statistics of pools, nor of lease reuses"
	newWriteRule        = "2.2.0 differs from 2.7: PL.5.7 config-write writes anywhere"
	newNumbers          = "2.2.0 differs from 2.7: PL.6.1 no integers beyond 64 bits"
	newHTTPComments     = "2.2.0 differs from 2.7: PL.4.5 no comments in commands over HTTP"
	newKeywords         = "2.2.0 differs from 2.7: a keyword that came later"
	newAffinity         = "2.2.0 differs from 2.7: D4.54.6 a released lease is deleted, not kept for its client"
	newInform           = "2.2.0 differs from 2.7: D4.9.4 INFORM is answered without a subnet"
	newReboot           = "2.2.0 differs from 2.7: D4.45.1 INIT-REBOOT without a subnet is refused"
	newV6Only           = "2.2.0 differs from 2.7: D4.58.10 option 108 is like any other"
	newShortCircuit     = "2.2.0 differs from 2.7: CL.3 all operands are evaluated"
	newRelayDefinitions = "2.2.0 differs from 2.7: no definitions of relay sub-options"
	newLongID           = "2.2.0 differs from 2.7: client identifiers have up to 128 bytes, not 255"
	newSibling          = "2.2.0 differs from 2.7: D4.42.6 global addresses outside of the subnet"
	newLenient          = "2.2.0 differs from 2.7: FD.3.15 D4.52.2 broken FQDN options are not ignored in lenient parsing"
	newRequired         = "2.2.0 differs from 2.7: D4.23.10 required classes of the network come before those of subnet and pool"
	newJoining          = "2.2.0 differs from 2.7: FD.3.7 options in pieces are not joined"
	newLengths          = "2.2.0 differs from 2.7: ARM 9.21.1 the length that a client asks for makes no pool come first"
	newNoPrefix         = "2.2.0 differs from 2.7: RENEW without a prefix to give has NoPrefixAvail, not NoBinding, and such a REBIND is answered"
	newPreferred        = "2.2.0 differs from 2.7: D6.16.4 a preferred lifetime above the valid one stays"
	newVendors          = "2.2.0 differs from 2.7: there is one option 17 only, not one for each enterprise number"
	newTwins            = "2.2.0 differs from 2.7: FD.8.3 of two IAs with one IAID each is offered an address of its own"
	newLongDUID         = "2.2.0 differs from 2.7: DUIDs have up to 128 bytes, not 130 (RFC 8415 section 11.1)"

	// What no two versions say alike.
	ownProgram = "D4.48.10: it is another program"
	ownWords   = "wrong types give result 1 with a text of our own (ARM 18.1)"
	oneWording = "PL.5.5 PL.5.6: the agent answers in the words of the other daemons"

	// On purpose.
	differEmpty    = "(differ): Kea's answers to statistic-get fail after a limit of 0 samples"
	differUnread   = "(differ): the length of options that the server does not read is no reason to drop a query"
	differChaddr   = "(differ): chaddr comes back also when hlen is above 16 (FD.3.3)"
	differNobody   = "(differ): a client without link-layer address is not offered the declined address of another"
	differIPv6List = "(differ): a list of IPv6 addresses is an option of DHCPv4, with its header"
	differPieces   = "(differ): an option is cut in pieces of 255 bytes, not of 253, so that one of 254 or 255 bytes stays whole"
	differLongRAI  = "(differ): what a relay put into a message comes back once, however long"
	differNoName   = "(differ): what is no name any more once it is sanitised is not answered (FD.6.2)"
	differNUL      = "(differ): NUL is never part of a name (D4.27.5)"
	differDot      = "(differ): a dot in a label parts it in two"
	differCapitals = "(differ): names are in lower case, also that of a suffix (FD.6.1)"
	differType     = "(differ): the type of a hardware address, which lease files do not keep, makes no other client"
	differOrder    = "(differ): relay agent information comes back byte by byte, its sub-options neither sorted nor joined (FD.5.1)"
	differEcho     = "(differ): what a relay asks to have echoed comes back (RFC 4994)"
	differOffer    = "(differ): no address or prefix is offered twice in a message"
	differSupplied = "(differ): option 39 is answered only to who sent it (D6.22.14)"
	differLength   = "(differ): a prefix of another length is not the one that is leased"
	differSmuggle  = "(differ): no doubt is left about where a request ends"
)
