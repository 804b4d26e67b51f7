package config

import (
	"errors"
	"fmt"
	"testing"

	"nestor/lib/element"
)

// everyKeyword is a configuration that is good, with a value for as many keywords
// as one file can have.
const everyKeyword = `{"Dhcp4":{
	"valid-lifetime":4000,"min-valid-lifetime":3000,"max-valid-lifetime":8000,"renew-timer":1000,"rebind-timer":2000,
	"calculate-tee-times":true,"t1-percent":0.9,"t2-percent":0.95,"ip-reservations-unique":false,"next-server":"192.0.2.9","hostname-char-set":"[^a-z]",
	"interfaces-config":{"interfaces":["eth0"],"dhcp-socket-type":"udp","outbound-interface":"same-as-inbound","re-detect":true,"service-sockets-max-retries":3},
	"lease-database":{"type":"memfile","persist":true,"name":"/tmp/l","lfc-interval":5,"max-row-errors":3},
	"hosts-databases":[{"type":"mysql","name":"n","port":3306}],
	"config-control":{"config-databases":[{"type":"mysql","name":"n"}],"config-fetch-wait-time":5},
	"control-sockets":[{"socket-type":"unix","socket-name":"/tmp/s"},
		{"socket-type":"http","socket-address":"127.0.0.1","socket-port":8000,"http-headers":[{"name":"a","value":"b"}],
		 "authentication":{"type":"basic","realm":"r","clients":[{"user":"u","password":"p"}]}}],
	"loggers":[{"name":"kea-dhcp4","severity":"DEBUG","debuglevel":50,"output-options":[{"output":"stdout","maxver":3,"maxsize":2000000,"flush":true,"pattern":"%m"}]}],
	"dhcp-ddns":{"enable-updates":false,"server-ip":"127.0.0.1","server-port":53001,"sender-ip":"0.0.0.0","sender-port":0,"max-queue-size":10,"ncr-protocol":"UDP","ncr-format":"JSON"},
	"multi-threading":{"enable-multi-threading":true,"thread-pool-size":4,"packet-queue-size":9},
	"dhcp-queue-control":{"enable-queue":true,"queue-type":"kea-ring4","capacity":64},
	"expired-leases-processing":{"hold-reclaimed-time":5},"sanity-checks":{"lease-checks":"none"},"compatibility":{"lenient-option-parsing":true},
	"host-reservation-identifiers":["duid","hw-address"],
	"option-def":[{"name":"mine","code":230,"type":"record","record-types":"uint8, string","space":"dhcp4","array":false,"encapsulate":""}],
	"option-data":[{"name":"mine","data":"1,a","csv-format":true,"always-send":true,"never-send":false},{"name":"routers","code":3,"space":"dhcp4","data":"192.0.2.1"},{"code":250,"csv-format":false,"data":"01"}],
	"client-classes":[{"name":"c","test":"member('ALL')","next-server":"192.0.2.9","option-def":[{"name":"his","code":231,"type":"uint8"}],"option-data":[{"name":"his","data":"1"}]},
		{"name":"d","template-test":"'a'","valid-lifetime":100,"min-valid-lifetime":50,"max-valid-lifetime":200}],
	"reservations":[{"duid":"01:02","ip-address":"198.51.100.7","hostname":"h","client-classes":["c"]},{"duid":"01:03","ip-address":"198.51.100.7"}],
	"shared-networks":[{"name":"n","interface":"eth0","relay":{"ip-addresses":["192.0.2.2"]},"subnet4":[{"id":2,"subnet":"198.51.100.0/24"},{"id":3,"subnet":"203.0.113.0/24"}]}],
	"subnet4":[{"id":1,"subnet":"192.0.2.0/24","client-class":"c","pools":[{"pool":"192.0.2.8/29","pool-id":1},{"pool":"192.0.2.16 - 192.0.2.20","pool-id":2}],
		"reservations":[{"hw-address":"01:02:03:04:05:06","ip-address":"192.0.2.50"},{"flex-id":"'a'"}],
		"4o6-subnet":"2001:db8::/32","valid-lifetime":500,"min-valid-lifetime":400,"max-valid-lifetime":600}]
}}`

// A value that cannot be read is one fault, and leads to no further one.
func TestUnreadIsOneFault(t *testing.T) {
	if _, _, err := loadText(everyKeyword); err != nil {
		t.Fatal(err)
	}
	t.Run("wrong type", func(t *testing.T) { checkEachValue(t, wrongType) })
	t.Run("out of range", func(t *testing.T) {
		checkEachValue(t, func(v *element.Value) *element.Value {
			if v.Kind != element.Int {
				return nil
			}
			return &element.Value{Kind: element.Int, Int: 1 - 1<<32, Pos: v.Pos}
		})
	})
	t.Run("others are reported beside it", func(t *testing.T) {
		_, _, err := loadBody(`"option-data":[{"code":"3","data":"x"},{"name":"routers","data":"y"}],
			"subnet4":[{"id":"1","subnet":"192.0.2.0/33"}]`)
		var faults Errors
		if !errors.As(err, &faults) || len(faults) != 4 {
			t.Errorf("got %v, want four faults", err)
		}
	})
}

// checkEachValue puts a bad value in the place of each value, where there is one,
// and wants one fault, with the path to it.
func checkEachValue(t *testing.T, bad func(*element.Value) *element.Value) {
	for i := 0; ; i++ {
		v, _, err := ParseText("test.conf", []byte(everyKeyword))
		if err != nil {
			t.Fatal(err)
		}
		n := i
		at, m := memberAt(v.Members[0].Value, "Dhcp4", &n)
		if m == nil {
			break
		}
		value := bad(m.Value)
		if value == nil {
			continue
		}
		m.Value = value
		_, _, err = LoadDhcp4(v, Options{})
		var faults Errors
		if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Path != at {
			t.Errorf("%s is %s:\n%v", at, value, err)
		}
	}
}

// memberAt returns the member that n counts down to, with its path, nil when there
// are not so many.
func memberAt(v *element.Value, at string, n *int) (string, *element.Member) {
	for i := range v.Members {
		m := &v.Members[i]
		here := at + "/" + m.Key
		if *n == 0 {
			return here, m
		}
		*n--
		if found, member := memberAt(m.Value, here, n); member != nil {
			return found, member
		}
	}
	for i, item := range v.List {
		if found, member := memberAt(item, fmt.Sprintf("%s[%d]", at, i), n); member != nil {
			return found, member
		}
	}
	return "", nil
}

// wrongType returns a value of another type in the place of v.
func wrongType(v *element.Value) *element.Value {
	wrong := element.Value{Kind: element.String, Str: "x", Pos: v.Pos}
	if v.Kind == element.String {
		wrong = element.Value{Kind: element.Int, Int: 7, Pos: v.Pos}
	}
	return &wrong
}
