// Package extendedinfo owns what the servers remember of a query in the user
// context of its lease, under the key "ISC" (store-extended-info, ARM 8.2.27):
// how it is written, read back, and checked when leases are loaded. Whatever
// else a user context holds is others' and stays as it is.
package extendedinfo
