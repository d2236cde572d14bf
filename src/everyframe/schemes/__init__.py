"""Category schemes that ship with Everyframe, one TOML file each."""
