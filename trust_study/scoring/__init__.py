"""What the scores of the stages share: rates with their intervals, and resampling of people.

Nobody's answers are independent of each other, so everything that a person does repeatedly is
resampled by person. Where there is too little, there is no number.
"""
