"""Drawing the scenes of wolves and huskies."""
