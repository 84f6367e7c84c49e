// MessageMapping
