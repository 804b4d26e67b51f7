package clientclass

import "nestor/lib/logging"

// Log is where a server tells of the classes of its queries.
type Log struct {
	root, dhcpsrv, eval *logging.Logger
	*messages
	messageName func(typ byte) string
}

// NewLog4 returns the log of a DHCPv4 server, whose names for messages are used.
func NewLog4(sys *logging.System, messageName func(typ byte) string) Log {
	return newLog(sys.Logger("dhcp4"), sys, messages4, messageName)
}

// NewLog6 is NewLog4 for DHCPv6.
func NewLog6(sys *logging.System, messageName func(typ byte) string) Log {
	return newLog(sys.Logger("dhcp6"), sys, messages6, messageName)
}

func newLog(root *logging.Logger, sys *logging.System, m *messages, messageName func(typ byte) string) Log {
	return Log{root: root, dhcpsrv: sys.Logger("dhcpsrv"), eval: sys.Logger("eval"), messages: m, messageName: messageName}
}

// Messages with the identifiers and forms of ARM 26.
var (
	msgEvalError          = logging.Define("DHCPSRV_EVAL_ERROR", logging.Error, 0, evaluatedTo)
	msgEvalResult         = logging.Define("DHCPSRV_EVAL_RESULT", logging.Debug, 50, evaluatedTo)
	msgTemplateEvalError  = logging.Define("DHCPSRV_TEMPLATE_EVAL_ERROR", logging.Error, 0, evaluatedTo)
	msgTemplateEvalResult = logging.Define("DHCPSRV_TEMPLATE_EVAL_RESULT", logging.Debug, 50, evaluatedTo)
)

// messages are those whose identifiers name the protocol.
type messages struct {
	early, late                                                           *logging.Message
	additionalUndefined, additionalNoTest, additionalError, additionalHit *logging.Message
}

const (
	evaluatedTo         = "%1: Expression '%2' evaluated to %3"
	classesEarly        = "%1: client packet has been assigned on %2 message to the following classes: %3"
	classesLate         = "%1: client packet has been assigned to the following classes: %2"
	additionalUndefined = "additional class %1 has no definition"
	additionalNoTest    = "additional class %1 has no test expression, adding it to client's classes unconditionally"
)

var (
	messages4 = &messages{
		early:               logging.Define("DHCP4_CLASSES_ASSIGNED", logging.Debug, 40, classesEarly),
		late:                logging.Define("DHCP4_CLASSES_ASSIGNED_AFTER_SUBNET_SELECTION", logging.Debug, 40, classesLate),
		additionalUndefined: logging.Define("DHCP4_ADDITIONAL_CLASS_UNDEFINED", logging.Debug, 40, additionalUndefined),
		additionalNoTest:    logging.Define("DHCP4_ADDITIONAL_CLASS_NO_TEST", logging.Debug, 40, additionalNoTest),
		additionalError:     logging.Define("DHCP4_ADDITIONAL_CLASS_EVAL_ERROR", logging.Error, 0, evaluatedTo),
		additionalHit:       logging.Define("DHCP4_ADDITIONAL_CLASS_EVAL_RESULT", logging.Debug, 50, evaluatedTo),
	}
	messages6 = &messages{
		early:               logging.Define("DHCP6_CLASSES_ASSIGNED", logging.Debug, 40, classesEarly),
		late:                logging.Define("DHCP6_CLASSES_ASSIGNED_AFTER_SUBNET_SELECTION", logging.Debug, 40, classesLate),
		additionalUndefined: logging.Define("DHCP6_ADDITIONAL_CLASS_UNDEFINED", logging.Debug, 40, additionalUndefined),
		additionalNoTest:    logging.Define("DHCP6_ADDITIONAL_CLASS_NO_TEST", logging.Debug, 40, additionalNoTest),
		additionalError:     logging.Define("DHCP6_ADDITIONAL_CLASS_EVAL_ERROR", logging.Error, 0, evaluatedTo),
		additionalHit:       logging.Define("DHCP6_ADDITIONAL_CLASS_EVAL_RESULT", logging.Debug, 50, evaluatedTo),
	}
)
