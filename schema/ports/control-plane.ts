/** Stores of the control plane, as the gateway uses them: bound to an org by `forOrg`. */
export {}
