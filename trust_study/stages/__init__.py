"""A folder a stage; `registry` names them all."""
