// FHIRPath
