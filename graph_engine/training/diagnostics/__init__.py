"""What a training's numbers say about it: where a value broke, who pulls on shared weights, how layers are doing."""
