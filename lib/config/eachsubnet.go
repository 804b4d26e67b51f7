package config

// Common returns what the configurations of both servers have in common.
func (c *Server) Common() *Server { return c }

// EachSubnet calls fn for what subnets of both protocols have in common of every
// subnet, as AllSubnets does for all of it.
func (c *Dhcp4) EachSubnet(fn func(s *Subnet, network *SharedNetwork)) {
	c.AllSubnets(func(s *Subnet4, n *SharedNetwork4) {
		if n == nil {
			fn(&s.Subnet, nil)
			return
		}
		fn(&s.Subnet, &n.SharedNetwork)
	})
}

// EachSubnet is Dhcp4.EachSubnet for DHCPv6.
func (c *Dhcp6) EachSubnet(fn func(s *Subnet, network *SharedNetwork)) {
	c.AllSubnets(func(s *Subnet6, n *SharedNetwork6) {
		if n == nil {
			fn(&s.Subnet, nil)
			return
		}
		fn(&s.Subnet, &n.SharedNetwork)
	})
}
