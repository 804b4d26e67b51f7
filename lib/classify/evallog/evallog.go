// Package evallog logs the steps of the evaluation of class expressions, as
// ARM 15.10 describes it, for the servers of both DHCP versions.
package evallog

import (
	"nestor/lib/classify"
	"nestor/lib/logging"
)

// level is the debug level of all steps.
const level = 55

// labelled are the messages that begin with the label of the query.
var labelled = define(map[string]string{
	"EVAL_DEBUG_AND":                                 "%1: Popping %2 and %3 pushing %4",
	"EVAL_DEBUG_CONCAT":                              "%1: Popping %2 and %3 pushing %4",
	"EVAL_DEBUG_EQUAL":                               "%1: Popping %2 and %3 pushing result %4",
	"EVAL_DEBUG_HEXSTRING":                           "%1: Pushing hex string %2",
	"EVAL_DEBUG_IFELSE_FALSE":                        "%1: Popping %2 (false) and %3, leaving %4",
	"EVAL_DEBUG_IFELSE_TRUE":                         "%1: Popping %2 (true) and %3, leaving %4",
	"EVAL_DEBUG_INT16TOTEXT":                         "%1: Pushing Int16 %2",
	"EVAL_DEBUG_INT32TOTEXT":                         "%1: Pushing Int32 %2",
	"EVAL_DEBUG_INT8TOTEXT":                          "%1: Pushing Int8 %2",
	"EVAL_DEBUG_IPADDRESS":                           "%1: Pushing IPAddress %2",
	"EVAL_DEBUG_IPADDRESSTOTEXT":                     "%1: Pushing IPAddress %2",
	"EVAL_DEBUG_LCASE":                               "%1: Popping string %2 and pushing converted value to lower case %3",
	"EVAL_DEBUG_MEMBER":                              "%1: Checking membership of '%2', pushing result %3",
	"EVAL_DEBUG_NOT":                                 "%1: Popping %2 pushing %3",
	"EVAL_DEBUG_OPTION":                              "%1: Pushing option %2 with value %3",
	"EVAL_DEBUG_OR":                                  "%1: Popping %2 and %3 pushing %4",
	"EVAL_DEBUG_PKT":                                 "%1: Pushing PKT meta data %2 with value %3",
	"EVAL_DEBUG_PKT4":                                "%1: Pushing PKT4 field %2 with value %3",
	"EVAL_DEBUG_PKT6":                                "%1: Pushing PKT6 field %2 with value %3",
	"EVAL_DEBUG_RELAY6":                              "%1: Pushing PKT6 relay field %2 nest %3 with value %4",
	"EVAL_DEBUG_RELAY6_RANGE":                        "%1: Pushing PKT6 relay field %2 nest %3 with value %4",
	"EVAL_DEBUG_SPLIT":                               "%1: Popping field %2, delimiters %3, string %4, pushing result %5",
	"EVAL_DEBUG_SPLIT_DELIM_EMPTY":                   "%1: Popping field %2, delimiters %3, string %4, pushing result %5",
	"EVAL_DEBUG_SPLIT_EMPTY":                         "%1: Popping field %2, delimiters %3, string %4, pushing result %5",
	"EVAL_DEBUG_SPLIT_FIELD_OUT_OF_RANGE":            "%1: Popping field %2, delimiters %3, string %4, pushing result %5",
	"EVAL_DEBUG_STRING":                              "%1: Pushing text string %2",
	"EVAL_DEBUG_SUBSTRING":                           "%1: Popping length %2, start %3, string %4 pushing result %5",
	"EVAL_DEBUG_SUBSTRING_EMPTY":                     "%1: Popping length %2, start %3, string %4 pushing result %5",
	"EVAL_DEBUG_SUBSTRING_RANGE":                     "%1: Popping length %2, start %3, string %4 pushing result %5",
	"EVAL_DEBUG_SUB_OPTION":                          "%1: Pushing option %2 sub-option %3 with value %4",
	"EVAL_DEBUG_SUB_OPTION_NO_OPTION":                "%1: Requested option %2 sub-option %3, but the parent option is not present, pushing result %4",
	"EVAL_DEBUG_TOHEXSTRING":                         "%1: Popping binary value %2 and separator %3, pushing result %4",
	"EVAL_DEBUG_UCASE":                               "%1: Popping string %2 and pushing converted value to upper case %3",
	"EVAL_DEBUG_UINT16TOTEXT":                        "%1: Pushing UInt16 %2",
	"EVAL_DEBUG_UINT32TOTEXT":                        "%1: Pushing UInt32 %2",
	"EVAL_DEBUG_UINT8TOTEXT":                         "%1: Pushing UInt8 %2",
	"EVAL_DEBUG_VENDOR_CLASS_DATA":                   "%1: Data %2 (out of %3 received) in vendor class found, pushing result '%4'",
	"EVAL_DEBUG_VENDOR_CLASS_DATA_NOT_FOUND":         "%1: Requested data index %2, but option with enterprise-id %3 has only %4 data tuple(s), pushing result '%5'",
	"EVAL_DEBUG_VENDOR_CLASS_ENTERPRISE_ID":          "%1: Pushing enterprise-id %2 as result 0x%3",
	"EVAL_DEBUG_VENDOR_CLASS_ENTERPRISE_ID_MISMATCH": "%1: Was looking for %2, option had %3, pushing result '%4'",
	"EVAL_DEBUG_VENDOR_CLASS_EXISTS":                 "%1: Option with enterprise-id %2 found, pushing result '%3'",
	"EVAL_DEBUG_VENDOR_CLASS_NO_OPTION":              "%1: Option with code %2 missing, pushing result '%3'",
	"EVAL_DEBUG_VENDOR_ENTERPRISE_ID":                "%1: Pushing enterprise-id %2 as result 0x%3",
	"EVAL_DEBUG_VENDOR_ENTERPRISE_ID_MISMATCH":       "%1: Was looking for %2, option had %3, pushing result '%4'",
	"EVAL_DEBUG_VENDOR_EXISTS":                       "%1: Option with enterprise-id %2 found, pushing result '%3'",
	"EVAL_DEBUG_VENDOR_NO_OPTION":                    "%1: Option with code %2 missing, pushing result '%3'",
})

// unlabelled are the others.
var unlabelled = define(map[string]string{
	"EVAL_DEBUG_BRANCH":               "Branching to %1",
	"EVAL_DEBUG_MATCH":                "Matching '%1' on %2, result %3",
	"EVAL_DEBUG_POP_AND_BRANCH_FALSE": "Value is false: branching to %1",
	"EVAL_DEBUG_POP_OR_BRANCH_FALSE":  "Value is false: keeping it and branching to %1",
	"EVAL_DEBUG_POP_OR_BRANCH_TRUE":   "Value is true: keeping it and branching to %1",
})

func define(texts map[string]string) map[string]*logging.Message {
	messages := make(map[string]*logging.Message, len(texts))
	for id, text := range texts {
		messages[id] = logging.Define(id, logging.Debug, level, text)
	}
	return messages
}

// anyStep stands for all: they have one level.
var anyStep = unlabelled["EVAL_DEBUG_MATCH"]

// Enabled reports whether steps are logged, at the cost of an atomic load.
func Enabled(log *logging.Logger) bool { return log.Enabled(anyStep) }

// Trace returns what logs the steps of a query; label names it.
func Trace(log *logging.Logger, label func() string) classify.Trace {
	return func(id string, args ...any) {
		if m := labelled[id]; m != nil {
			log.Log(m, append([]any{label()}, args...)...)
			return
		}
		log.Log(unlabelled[id], args...)
	}
}
