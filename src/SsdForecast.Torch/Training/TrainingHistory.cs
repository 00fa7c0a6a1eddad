namespace SsdForecast.Torch.Training;

/// <summary>Losses so far.</summary>
internal sealed class TrainingHistory
{
    public List<double> Training { get; init; } = [];
    public List<double> Validation { get; init; } = [];
    public long Steps { get; set; }
    public int Epochs => Training.Count;

    /// <summary>Adds a validation loss, and gives it back.</summary>
    public double Add(double validation)
    {
        Validation.Add(validation);
        return validation;
    }

    public void AddEpoch(double loss, int steps)
    {
        Training.Add(loss);
        Steps += steps;
    }
}
