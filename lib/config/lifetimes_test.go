package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestLifetimes(t *testing.T) {
	t.Run("D4.3.1 D4.58.1 valid-lifetime", func(t *testing.T) {
		if got := mustLoad(t, subnet("")).Subnets[0].ValidLifetime; got != (Triplet{7200, 7200, 7200}) {
			t.Errorf("default %v", got)
		}
		c := mustLoad(t, `"valid-lifetime":100,"shared-networks":[{"name":"n","valid-lifetime":200,"subnet4":[
			{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"192.0.3.0/24","valid-lifetime":300}]}],
			"subnet4":[{"id":3,"subnet":"192.0.4.0/24"}],"client-classes":[{"name":"c","valid-lifetime":400}]`)
		n := c.SharedNetworks[0]
		for i, got := range []Triplet{c.ValidLifetime, n.ValidLifetime, n.Subnets[0].ValidLifetime, n.Subnets[1].ValidLifetime, c.Subnets[0].ValidLifetime, c.Classes[0].ValidLifetime.V} {
			want := []uint32{100, 200, 200, 300, 100, 400}[i]
			if got != (Triplet{want, want, want}) {
				t.Errorf("scope %d has %v, want %d", i, got, want)
			}
		}
	})
	t.Run("D4.3.2 bounds", func(t *testing.T) {
		for _, c := range []struct {
			body string
			want Triplet
		}{
			{`"min-valid-lifetime":100,"max-valid-lifetime":20000,` + subnet(""), Triplet{100, 7200, 20000}},
			{subnet(`"min-valid-lifetime":100`), Triplet{100, 7200, 7200}},
			{`"valid-lifetime":4000,` + subnet(`"min-valid-lifetime":1000,"max-valid-lifetime":5000`), Triplet{1000, 4000, 5000}},
			{`"min-valid-lifetime":50,` + subnet(`"valid-lifetime":100`), Triplet{50, 100, 100}},
		} {
			if got := mustLoad(t, c.body).Subnets[0].ValidLifetime; got != c.want {
				t.Errorf("%s gives %v, want %v", c.body, got, c.want)
			}
		}
		refused(t, `"min-valid-lifetime":100,"max-valid-lifetime":200,`+subnet(`"valid-lifetime":150`), "Dhcp4/max-valid-lifetime: 200 is below the default valid-lifetime, which is 7200")
		refused(t, subnet(`"max-valid-lifetime":100`), "Dhcp4/subnet4[0]/max-valid-lifetime: 100 is below")
		refused(t, subnet(`"min-valid-lifetime":8000`), "Dhcp4/subnet4[0]/min-valid-lifetime: 8000 is above")
		refused(t, `"min-valid-lifetime":1000,`+subnet(`"valid-lifetime":100`), "Dhcp4/subnet4[0]/min-valid-lifetime: 1000 is above the default")
		refused(t, subnet(`"valid-lifetime":70,"min-valid-lifetime":100,"max-valid-lifetime":50`), "100 is above max-valid-lifetime, which is 50")
	})
	t.Run("the fault of an outer scope is told once", func(t *testing.T) {
		var subnets []string
		for i := range 50 {
			subnets = append(subnets, fmt.Sprintf(`{"id":%d,"subnet":"10.0.%d.0/24"}`, i+1, i))
		}
		refused(t, `"max-valid-lifetime":200,"calculate-tee-times":false,"subnet4":[`+strings.Join(subnets, ",")+`]`, "Dhcp4/max-valid-lifetime")
		refused(t, `"calculate-tee-times":true,"t1-percent":0.9,"subnet4":[`+strings.Join(subnets, ",")+`]`, "Dhcp4/t1-percent")
	})
	t.Run("a class inherits no lifetimes", func(t *testing.T) {
		class := func(more string) string { return `"client-classes":[{"name":"c",` + more + `}]` }
		for _, c := range []struct {
			more string
			want Triplet
		}{
			{`"min-valid-lifetime":7`, Triplet{7, 7, 7}},
			{`"max-valid-lifetime":6`, Triplet{6, 6, 6}},
			{`"min-valid-lifetime":4,"valid-lifetime":5,"max-valid-lifetime":6`, Triplet{4, 5, 6}},
		} {
			if got := mustLoad(t, class(c.more)).Classes[0].ValidLifetime; got != (Opt[Triplet]{true, c.want}) {
				t.Errorf("%s gives %v", c.more, got)
			}
		}
		refused(t, class(`"min-valid-lifetime":4,"max-valid-lifetime":6`), "give it a valid-lifetime too")
		refused(t, class(`"min-valid-lifetime":6,"valid-lifetime":4`), "6 is above the default")
		if got := mustLoad(t, class(`"test":"member('ALL')"`)).Classes[0].ValidLifetime; got.Set {
			t.Errorf("a lifetime out of nothing: %v", got)
		}
	})
}

func TestTimers(t *testing.T) {
	t.Run("D4.4.1 renew-timer and rebind-timer are unset", func(t *testing.T) {
		s := mustLoad(t, subnet("")).Subnets[0]
		if s.RenewTimer.Set || s.RebindTimer.Set {
			t.Errorf("timers %v %v", s.RenewTimer, s.RebindTimer)
		}
		s = mustLoad(t, `"renew-timer":10,"rebind-timer":20,`+subnet(`"rebind-timer":30`)).Subnets[0]
		if s.RenewTimer != (Opt[uint32]{true, 10}) || s.RebindTimer != (Opt[uint32]{true, 30}) {
			t.Errorf("timers %v %v", s.RenewTimer, s.RebindTimer)
		}
	})
	t.Run("D4.4.4 calculate-tee-times", func(t *testing.T) {
		c := mustLoad(t, `"calculate-tee-times":true,"subnet4":[{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"192.0.3.0/24","calculate-tee-times":false}]`)
		if !c.Subnets[0].CalculateTee || c.Subnets[1].CalculateTee || mustLoad(t, subnet("")).Subnets[0].CalculateTee {
			t.Error("calculate-tee-times is not inherited")
		}
	})
	t.Run("D4.4.5 t1-percent and t2-percent", func(t *testing.T) {
		s := mustLoad(t, subnet("")).Subnets[0]
		if s.T1Percent != 0.5 || s.T2Percent != 0.875 {
			t.Errorf("defaults %v %v", s.T1Percent, s.T2Percent)
		}
		for _, shares := range []string{`"t1-percent":0.9,"t2-percent":0.5`, `"t1-percent":0.5,"t2-percent":0.5`, `"t1-percent":0.0`, `"t1-percent":1.0`, `"t2-percent":1.0`, `"t2-percent":2.5`} {
			refused(t, subnet(`"calculate-tee-times":true,`+shares), "Dhcp4/subnet4[0]/t")
			refused(t, `"calculate-tee-times":true,`+subnet(shares), "Dhcp4/subnet4[0]/t")
			accepted(t, subnet(shares))
			accepted(t, `"calculate-tee-times":true,`+shares)
		}
	})
	t.Run("FD.9.4 renew-timer above rebind-timer is warned of", func(t *testing.T) {
		c, warnings, err := loadBody(`"renew-timer":9,"rebind-timer":5,"subnet4":[{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"192.0.3.0/24"},{"id":3,"subnet":"192.0.4.0/24","renew-timer":7}]`)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, w := range warnings {
			if w.ID == "DHCPSRV_CFGMGR_RENEW_GTR_REBIND" {
				texts = append(texts, strings.Join(w.Args, " "))
			}
		}
		if got, want := strings.Join(texts, "; "), "global scope 9 5; subnet 192.0.4.0/24 7 5"; got != want {
			t.Errorf("warned of %q, want %q", got, want)
		}
		if c.Subnets[0].RenewTimer.V != 9 || c.Subnets[0].RebindTimer.V != 5 {
			t.Error("the timers are lost")
		}
	})
}
