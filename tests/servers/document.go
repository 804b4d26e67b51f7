package servers

// Object is a JSON object of a configuration or a command, List a JSON list.
type (
	Object map[string]any
	List   []any
)

// With returns a copy of the object with some members set anew.
func (o Object) With(more Object) Object {
	merged := Object{}
	for key, v := range o {
		merged[key] = v
	}
	for key, v := range more {
		merged[key] = v
	}
	return merged
}
