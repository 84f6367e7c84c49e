// HTTPTransfer
