namespace SsdForecast.Torch.Training;

/// <summary>The learning rate of each step: a line up, then a cosine down to a hundredth.</summary>
/// <param name="highest">The highest.</param>
/// <param name="warmUp">Part of all steps in which it rises, in [0, 1).</param>
/// <param name="steps">Most steps.</param>
internal sealed class LearningRateSchedule(double highest, double warmUp, long steps)
{
    /// <summary>The rate of a step, counted from 0.</summary>
    public double At(long step)
    {
        var rise = Math.Max(1, warmUp * steps);
        if (step < rise) return highest * ((step + 1) / rise);
        var progress = Math.Min(1, (step - rise) / Math.Max(1, steps - rise));
        return highest * (0.01 + (0.99 * 0.5 * (1 + Math.Cos(Math.PI * progress))));
    }
}
